import { Deferred, succeed } from 'heddle/defer';

/** One piece of work, as Heddle, native promises and Twisted do it. */
export interface Case {
  readonly name: 'fired' | 'pending' | 'waiting';
  readonly what: string;
  readonly heddle: () => unknown;
  readonly native: () => Promise<unknown>;
}

// Ten functions rather than one ten times: in a program, too, every step is another.
const increments: readonly ((n: number) => number)[] = [
  (n) => n + 1,
  (n) => n + 2,
  (n) => n + 3,
  (n) => n + 4,
  (n) => n + 5,
  (n) => n + 6,
  (n) => n + 7,
  (n) => n + 8,
  (n) => n + 9,
  (n) => n + 10,
];

export const cases: readonly Case[] = [
  {
    name: 'fired',
    what: 'ten callbacks on a result that is there',
    heddle() {
      const d = succeed(1);
      for (const increment of increments) d.addCallback(increment);
      return d;
    },
    native() {
      let promise = Promise.resolve(1);
      for (const increment of increments) promise = promise.then(increment);
      return promise;
    },
  },
  {
    name: 'pending',
    what: 'ten callbacks, then the result',
    heddle() {
      const d = new Deferred<number>();
      for (const increment of increments) d.addCallback(increment);
      d.callback(1);
      return d;
    },
    native() {
      const { promise, resolve } = Promise.withResolvers<number>();
      let last = promise;
      for (const increment of increments) last = last.then(increment);
      resolve(1);
      return last;
    },
  },
  {
    name: 'waiting',
    what: 'ten callbacks that each wait for another Deferred (promise)',
    heddle() {
      const inner = increments.map(() => new Deferred<number>());
      const d = succeed(1);
      for (const waited of inner) d.addCallback(() => waited);
      for (const waited of inner) waited.callback(1);
      return d;
    },
    native() {
      const inner = increments.map(() => Promise.withResolvers<number>());
      let last = Promise.resolve(1);
      for (const { promise } of inner) last = last.then(() => promise);
      for (const { resolve } of inner) resolve(1);
      return last;
    },
  },
];

/** What one more pending callback, or one more pending `then`, keeps in memory. */
export const growing: readonly { readonly name: string; readonly grow: (links: number) => unknown }[] = [
  {
    name: 'Deferred',
    grow(links) {
      const d = new Deferred<number>();
      for (let i = 0; i < links; i++) d.addCallback(increments[i] as (n: number) => number);
      return d;
    },
  },
  {
    name: 'promise',
    grow(links) {
      // The first promise is held by whoever will resolve it; all others hang on it.
      const { promise, resolve } = Promise.withResolvers<number>();
      let last = promise;
      for (let i = 0; i < links; i++) last = last.then(increments[i]);
      return resolve;
    },
  },
];
