import {
  ask,
  CancelledError,
  type Deferred,
  Failure,
  maybeDeferred,
  notify,
  PoolFullError,
  ThreadExitError,
  type ThreadPool,
  TimeoutError,
  transfer,
  UnclonableError,
} from 'heddle';
import {
  add,
  addLater,
  answerOf,
  countFrom,
  echo,
  exit,
  giveFunction,
  kill,
  listOf,
  never,
  push,
  rejectUnheard,
  spin,
  sumOf,
  tellTwice,
  throwNumber,
  throwUncaught,
  work,
} from './jobs.ts';
import type { Random } from './random.ts';

/** What the calls that are made together have in common. */
export interface Batch {
  readonly pool: ThreadPool;
  readonly signal: AbortSignal;
  readonly random: Random;
  /** Calls that are cancelled a little later. */
  readonly unwanted: Deferred<unknown>[];
}

/** What a call may meet with, and how it may then end. */
export interface Fate {
  readonly name: string;
  /** How many of some 10,000 calls meet with it. Those that cost a thread are rare: a new one takes 30 ms. */
  readonly weight: number;
  /** Whether it ends the thread that runs it. */
  readonly costsThread?: true;
  /** Whether a thread's process would end as well. */
  readonly forProcesses?: true;
  start(batch: Batch, n: number): Deferred<unknown>;
  allows(result: unknown, n: number): boolean;
}

const fails =
  (...classes: (abstract new (...args: never[]) => unknown)[]) =>
  (result: unknown): boolean =>
    result instanceof Failure && classes.some((errorClass) => result.value instanceof errorClass);

const isSum = (result: unknown, n: number): boolean => result === n + 1;
const isSumOr =
  (...classes: (abstract new (...args: never[]) => unknown)[]) =>
  (result: unknown, n: number): boolean =>
    isSum(result, n) || fails(...classes)(result);

const text = 'a text that is too long for a slot of the shared memory. '.repeat(20);

export const fates: readonly Fate[] = [
  { name: 'value', weight: 4000, start: ({ pool }, n) => pool.defer(add, n, 1), allows: isSum },
  { name: 'promise', weight: 600, start: ({ pool }, n) => pool.defer(addLater, n, 1), allows: isSum },
  {
    name: 'long text',
    weight: 300,
    start: ({ pool }, n) => pool.defer(echo<string>, text + n),
    allows: (result, n) => result === text + n,
  },
  {
    name: 'closure',
    weight: 150,
    start: ({ pool }, n) => pool.defer((by: number) => by + n, 1),
    allows: isSum,
  },
  {
    name: 'transfer',
    weight: 200,
    start: ({ pool }, n) => pool.defer(echo<Uint32Array>, transfer(new Uint32Array([n]))),
    allows: (result, n) => result instanceof Uint32Array && result[0] === n,
  },
  {
    name: 'key',
    weight: 600,
    start: ({ pool, random }, n) => pool.with({ key: `key ${random.below(20)}` }).defer(add, n, 1),
    allows: isSum,
  },
  {
    name: 'priority',
    weight: 600,
    start: ({ pool, random }, n) => pool.with({ priority: random.below(201) - 100 }).defer(add, n, 1),
    allows: isSum,
  },
  {
    name: 'limits that are kept',
    weight: 600,
    start: ({ pool, signal }, n) => pool.with({ timeout: 1e9, runTimeout: 1e9, signal }).defer(add, n, 1),
    allows: isSumOr(CancelledError),
  },
  {
    name: 'question to the reactor',
    weight: 100,
    start: ({ pool }, n) =>
      pool.defer(
        answerOf,
        ask((asked: number) => asked + 1),
        n,
      ),
    allows: isSum,
  },
  {
    name: 'words to the reactor',
    weight: 100,
    start: ({ pool }, n) => {
      const heard: number[] = [];
      return pool
        .defer(
          tellTwice,
          notify((told: number) => heard.push(told)),
          n,
        )
        .addCallback((result) => [...heard, result]);
    },
    // What was told before the result is heard before it.
    allows: (result, n) => Array.isArray(result) && result.length === 3 && result.every((told) => told === n),
  },
  {
    name: 'iteration',
    weight: 60,
    start: ({ pool }, n) =>
      maybeDeferred(async () => {
        const items: number[] = [];
        for await (const item of pool.iterate(countFrom, n)) if (items.push(item) === 3) break;
        return items;
      }),
    allows: (result, n) => Array.isArray(result) && String(result) === String([n, n + 1, n + 2]),
  },
  {
    name: 'bound object',
    weight: 3,
    costsThread: true,
    start: ({ pool }, n) =>
      maybeDeferred(async () => {
        await using bound = pool.bind(listOf, n);
        await bound.defer(push, 1);
        return bound.defer(sumOf);
      }),
    allows: isSum,
  },
  {
    name: 'throw',
    weight: 600,
    start: ({ pool }, n) => pool.defer(throwNumber, n),
    allows: (result, n) => result instanceof Failure && result.value === n,
  },
  {
    name: 'argument that cannot be cloned',
    weight: 500,
    start: ({ pool }) => pool.defer(echo<unknown>, { map: new WeakMap() }),
    allows: fails(UnclonableError),
  },
  {
    name: 'result that cannot be cloned',
    weight: 300,
    start: ({ pool }) => pool.defer(giveFunction),
    allows: fails(UnclonableError),
  },
  {
    name: 'cancel',
    weight: 600,
    start: ({ pool, unwanted }, n) => {
      const call = pool.with({ onCancel: 'cooperate' }).defer(add, n, 1);
      unwanted.push(call);
      return call;
    },
    allows: isSumOr(CancelledError),
  },
  {
    name: 'aborted before',
    weight: 300,
    start: ({ pool }) => pool.with({ signal: AbortSignal.abort() }).defer(add, 1, 1),
    allows: fails(CancelledError),
  },
  {
    name: 'no time at all',
    weight: 100,
    start: ({ pool }, n) => pool.with({ timeout: 0, onCancel: 'cooperate' }).defer(add, n, 1),
    allows: isSumOr(TimeoutError),
  },
  {
    name: 'abandoned',
    weight: 20,
    start: ({ pool, random }) => pool.with({ runTimeout: 1, onCancel: 'abandon' }).defer(work, random.below(8)),
    allows: (result) => typeof result === 'number' || fails(TimeoutError)(result),
  },
  {
    name: 'exit',
    weight: 4,
    costsThread: true,
    start: ({ pool }, n) => pool.defer(exit, n % 3),
    allows: fails(ThreadExitError),
  },
  {
    name: 'uncaught error',
    weight: 3,
    costsThread: true,
    start: ({ pool }) => pool.defer(throwUncaught),
    allows: fails(ThreadExitError),
  },
  {
    name: 'unhandled rejection',
    weight: 3,
    costsThread: true,
    start: ({ pool }) => pool.defer(rejectUnheard),
    allows: fails(ThreadExitError),
  },
  {
    name: 'kill',
    weight: 4,
    costsThread: true,
    forProcesses: true,
    start: ({ pool }) => pool.defer(kill),
    allows: fails(ThreadExitError),
  },
  {
    name: 'loop without end',
    weight: 4,
    costsThread: true,
    start: ({ pool, random }) => pool.with({ runTimeout: 1 + random.below(60), grace: random.below(3) }).defer(spin),
    allows: fails(TimeoutError),
  },
  {
    name: 'promise without end',
    weight: 3,
    costsThread: true,
    start: ({ pool, random }) => pool.with({ runTimeout: 1 + random.below(30), grace: 0 }).defer(never),
    allows: fails(TimeoutError),
  },
];

/** Where the pool has a `maxQueue`, any call may find it full. */
export const isRefused: (result: unknown) => boolean = fails(PoolFullError);
