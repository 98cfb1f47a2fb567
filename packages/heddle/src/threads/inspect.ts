import { types } from 'node:util';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { snapshotsOf } from './callable/capture/snapshot-warning.ts';
import { functionName } from './wire/function-name.ts';
import { partsOfCallable, resolveCallable } from './callable/resolve.ts';
import { CodecError } from './wire/errors/codec-error.ts';
import { obstacleIn, pack } from './wire/values/pack.ts';
import type { Payload } from './wire/values/payload.ts';
import { unpack } from './wire/values/unpack.ts';
import { now } from '../defer/node-timers.ts';

/** How often a copy is made, unless that has taken so many milliseconds. */
const RUNS = 3;
const ENOUGH_MS = 200;

/** What copying a value between two threads takes. */
export interface CopyTimes {
  readonly isCloneable: true;
  /** Milliseconds of the thread that sends it. */
  readonly sendMs: number;
  /** Milliseconds of the thread that receives it. */
  readonly receiveMs: number;
}

/** Why a value cannot be copied to another thread. */
export interface CopyObstacle {
  readonly isCloneable: false;
  /** The way to what stands between, as in `args[0].user`; keys of a Map are left out. */
  readonly path: string;
  /** What stands there: the name of its class, `function`, `symbol`, `Proxy`; never the value itself. */
  readonly what: string;
}

/** How a thread would get a function. */
export interface WayIntoThread {
  /** By its address in a module, or by its text with the values that it captures. */
  readonly by: 'address' | 'text';
  /** What it captures that the program writes into: the thread would write into a copy. */
  readonly snapshots: readonly string[];
  /** What copying the values that it captures takes with each call; undefined where it captures none. */
  readonly captured: CopyTimes | undefined;
}

/**
 * How a function would get into a thread. It is not called, no thread is started, and nothing is printed. The values that
 * it captures are copied, as {@link measureCopy} does.
 *
 * For tools that give advice; {@link deferToThread} finds out by itself. The first question of all makes V8 name the
 * program's scripts, as the first call would.
 *
 * @throws CallableError, as the promise's reason, where no thread could get it
 * @throws UnclonableError, as the promise's reason, where a value that it captures cannot be copied
 *
 * @example
 * ```ts
 * import { wayIntoThread } from 'heddle/inspect';
 *
 * console.log((await wayIntoThread(JSON.parse)).by); // prints address
 * console.log((await wayIntoThread(() => 1 + 1)).by); // prints text
 * ```
 */
export async function wayIntoThread(f: Function): Promise<WayIntoThread> {
  const noted = new Set<string>();
  if (typeof f === 'function') snapshotsOf.set(f, noted);
  try {
    const { reference, values } = partsOfCallable(await resolveCallable(f));
    pack(values, 'captured', []);
    const copy = values.length === 0 ? undefined : measureCopy(values, 'captured');
    const by = reference.kind === 'captured' || reference.kind === 'factory' ? 'text' : 'address';
    return { by, snapshots: [...noted], captured: copy?.isCloneable ? copy : undefined };
  } finally {
    snapshotsOf.delete(f);
  }
}

/**
 * What it takes to copy a value to another thread, measured by copying it as a call's argument or result is copied,
 * within this thread: up to three times, of which the shortest counts, as the first one runs cold. Blocks as long as that
 * takes.
 *
 * For tools that judge whether a call is worth a thread. Nothing of the value's is moved or changed; codecs of classes
 * in it are asked to encode and to decode.
 *
 * @param name what the path to an obstacle begins with, such as `args[0]`
 *
 * @example
 * ```ts
 * import { measureCopy } from 'heddle/inspect';
 *
 * const copy = measureCopy({ user: { socket: process.stdout } }, 'args[0]');
 * if (!copy.isCloneable) console.log(copy.path); // prints args[0].user.socket
 * ```
 */
export function measureCopy(value: unknown, name: string): CopyTimes | CopyObstacle {
  try {
    const obstacle = obstacleIn(value);
    if (obstacle !== undefined) {
      const path = obstacle.path.reverse().map((step) => (step.startsWith('.get(') ? '.get(...)' : step));
      return { isCloneable: false, path: name + path.join(''), what: kindOfObstacle(obstacle.value) };
    }
    let best = timesOf(value, name);
    let spent = best.sendMs + best.receiveMs;
    for (let run = 1; run < RUNS && spent < ENOUGH_MS; run++) {
      const { sendMs, receiveMs } = timesOf(value, name);
      spent += sendMs + receiveMs;
      best = {
        isCloneable: true,
        sendMs: Math.min(best.sendMs, sendMs),
        receiveMs: Math.min(best.receiveMs, receiveMs),
      };
    }
    return best;
  } catch (error) {
    // What its prototype does not show: a getter throws, or a codec cannot encode it.
    return { isCloneable: false, path: name, what: error instanceof CodecError ? error.message : classOf(value) };
  }
}

function timesOf(value: unknown, name: string): CopyTimes {
  const { port1, port2 } = new MessageChannel();
  try {
    const began = now();
    // A function that was wrapped for passing is not called from here.
    const { payload, transfer, moves } = pack(value, name, []);
    // What is marked to be moved must stay.
    port1.postMessage(payload, moves === true ? [] : [...transfer]);
    const sent = now();
    const { message } = receiveMessageOnPort(port2) as { message: Payload };
    unpack(message);
    return { isCloneable: true, sendMs: sent - began, receiveMs: now() - sent };
  } finally {
    port1.close();
  }
}

function kindOfObstacle(value: unknown): string {
  return typeof value === 'object' && value !== null ? classOf(value) : typeof value;
}

function classOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value;
  if (types.isProxy(value)) return 'Proxy';
  const descriptor = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(value) ?? {}, 'constructor');
  return typeof descriptor?.value === 'function' ? functionName(descriptor.value) || 'an anonymous class' : 'object';
}
