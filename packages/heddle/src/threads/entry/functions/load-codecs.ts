import { type CodecAddress, codecAt } from '../../wire/values/codec.ts';
import { CodecError } from '../../wire/errors/codec-error.ts';
import type { Payload } from '../../wire/values/payload.ts';
import { reasonOf } from '../../wire/values/reason-of.ts';

/**
 * Loads the modules that register the codecs which a job's payloads need and this thread does not have yet.
 *
 * @returns undefined where none is missing; a promise rejected with a CodecError where one cannot be had
 */
export function loadCodecs(args: Payload, captured: Payload | undefined): Promise<void> | undefined {
  if (args.coded === undefined && captured?.coded === undefined) return undefined;
  const needed = [...(args.coded?.codecs ?? []), ...(captured?.coded?.codecs ?? [])];
  const missing = needed.filter((address) => codecAt(address) === undefined);
  return missing.length === 0 ? undefined : loadAll(missing);
}

async function loadAll(addresses: readonly CodecAddress[]): Promise<void> {
  for (const address of addresses) {
    const { module, name, isEntry } = address;
    if (module === undefined) {
      throw cannotLoad(name, 'is registered by code of no module (node -e, the REPL). Register it in a module');
    }
    if (isEntry) {
      const way = 'Move the class and its registerCodec call to a module of its own';
      throw cannotLoad(
        name,
        `is registered in the program's entry module, ${module}, which no thread may run again. ${way}`,
      );
    }
    try {
      await import(module);
    } catch (cause) {
      const why = reasonOf(cause);
      throw cannotLoad(name, `is registered in ${module}, which cannot be loaded in the thread: ${why}`, { cause });
    }
    if (codecAt(address) === undefined) {
      throw new CodecError(
        'HEDDLE_CODEC_UNKNOWN',
        name,
        `The thread has loaded ${module}, and that registered no codec for ${name} there. Call registerCodec at the ` +
          "module's top level, in every thread; where another module makes the call for it, name this one in the codec.",
      );
    }
  }
}

function cannotLoad(name: string, why: string, options?: ErrorOptions): CodecError {
  return new CodecError('HEDDLE_CODEC_MODULE', name, `The codec of ${name} ${why}.`, options);
}
