import { CodecError } from '../../wire/errors/codec-error.ts';
import { UnclonableError } from '../../wire/errors/unclonable-error.ts';

/**
 * The same error, told of the item: who reads it knows nothing of the function whose argument the item was.
 *
 * @returns also what is no such error, as it is
 */
export function itemError(error: unknown): unknown {
  // It stands as the options as well: a cause comes along where there is one.
  if (error instanceof UnclonableError) return new UnclonableError(ofItem(error.message), error);
  if (!(error instanceof CodecError)) return error;
  return new CodecError(error.code, error.className, ofItem(error.message), error);
}

function ofItem(message: string): string {
  return message.replace(
    /^(?:In a call of push from the thread: args(?:\[0\]|(?=:))|The arguments of push(?= ))/,
    (start) => (start.startsWith('In') ? 'item' : 'The item'),
  );
}
