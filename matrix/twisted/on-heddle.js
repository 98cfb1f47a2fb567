// Runs random programs on Heddle, as on_twisted.py does on Twisted. See programs.js.
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as defer from 'heddle/defer';
import { Cooperator, LoopingCall, deferLater } from 'heddle/task';
import { Clock, MemoryReactor } from 'heddle/testing';

const { Deferred, DeferredList, DeferredLock, DeferredQueue, DeferredSemaphore, Failure } = defer;
const REFUSED = ['InvalidArgumentError', 'NotAcquiredError', 'LoopNotRunningError', 'LoopRunningError'];
const LIMIT = 6; // calls of one LoopingCall

class Err extends Error {}

let machine;

function name(e) {
  if (e instanceof Failure) return name(e.value);
  if (e instanceof Err) return e.message;
  if (e instanceof defer.FirstError) return `First[${e.index}:${name(e.subFailure.value)}]`;
  if (e instanceof defer.FailureGroup) return `Group[${e.failures.map((f) => name(f.value)).join()}]`;
  if (/waits for the callback itself/.test(e.message)) machine.circle = true;
  return REFUSED.includes(e.name) ? 'Refused' : e.name === 'Error' ? e.constructor.name : e.name;
}

function show(v) {
  if (v === undefined) return '-';
  if (v instanceof Failure) return `F(${name(v.value)})`;
  if (Array.isArray(v)) return `[${Array.from(v, show).join()}]`;
  return typeof v === 'object' ? 'object' : String(v);
}

const isCancel = (text) => text.includes('CancelledError') && !text.replaceAll('CancelledError', '').includes('E');
const count = (map, key, by) => map.set(key, (map.get(key) ?? 0) + by);

function pick(items, i) {
  if (items.length === 0) throw new Err('nothing');
  return items[i % items.length];
}

function sortTurns(log) {
  const turns = [[]];
  for (const line of log) {
    turns.at(-1).push(line);
    if (line.endsWith('tick')) turns.push([]);
  }
  return turns.flatMap((turn) => turn.sort());
}

class Machine {
  log = [];
  reports = [];
  ds = [];
  running = new Map();
  pauses = new Map();
  used = new Set();
  own = new Set();
  kept = new Set();
  taken = new Set();
  waited = new Set();
  chained = new Set();
  cancelling = new Set();
  holds = new Map();
  res = [];
  loops = [];
  calls = [];
  turns = [];
  tasks = [];
  handles = [];
  subs = 0;
  clock = new Clock();
  reactor = Object.assign(new MemoryReactor(), { onError: (error) => this.reports.push(name(error)) });

  constructor() {
    this.do_coop(1, true);
  }

  say(text) {
    this.log.push(text);
  }

  run(stmts) {
    for (const [op, ...args] of stmts) {
      try {
        this[`do_${op}`](...args);
      } catch (e) {
        this.say(`${op} raises ${name(e)}`);
      }
    }
  }

  push(d) {
    return this.ds.push(d) - 1;
  }

  fn(f, owner = -1) {
    return (...args) => {
      this.say(`${f.id}(${args.map(show).join()})`);
      count(this.running, owner, 1);
      try {
        this.run(f.do);
        return this.outcome(f.out, args[0], owner);
      } finally {
        count(this.running, owner, -1);
      }
    };
  }

  outcome([kind, x], arg, owner) {
    if (kind === 'same') return arg;
    if (kind === 'val') return x;
    if (kind === 'raise') throw new Err(x);
    if (kind === 'failure') return new Failure(new Err(x));
    if (kind === 'throw') throw new Failure(new Err(x));
    if (kind === 'trap') {
      if (arg instanceof Failure) arg.trap(defer.CancelledError, defer.TimeoutError);
      return x;
    }
    // One that is taken by its own callbacks, or while its result is passed on, departs on purpose.
    if (kind === 'd' && owner < x && this.free(x) && !this.chained.has(x) && !this.taken.has(x)) {
      this.taken.add(x);
      this.waited.add(owner);
      return this.ds[x];
    }
    return undefined;
  }

  take(f) {
    return (...args) => {
      const got = this.fn(f)(...args);
      if (got instanceof Deferred) this.used.add(this.ds.indexOf(got));
      return got;
    };
  }

  free(i) {
    return i >= 0 && i < this.ds.length && !this.used.has(i) && !this.running.get(i);
  }

  // Deferreds
  do_new(canceller) {
    const i = this.ds.length;
    const call = canceller && this.fn(canceller, i);
    const cancel = () => {
      this.cancelling.add(i);
      try {
        call();
      } finally {
        this.cancelling.delete(i);
      }
    };
    this.own.add(this.push(new Deferred(call ? cancel : undefined)));
  }
  do_cb(i, v) {
    if (this.own.has(i)) this.ds[i].callback(v);
  }
  do_eb(i, e) {
    if (this.own.has(i)) this.ds[i].errback(new Failure(new Err(e)));
  }
  do_fired(v, e) {
    this.push(e === null ? defer.succeed(v) : defer.fail(new Failure(new Err(e))));
  }
  do_callback_failure(i, e) {
    if (this.own.has(i)) this.ds[i].callback(new Failure(new Err(e)));
  }
  do_maybe(f) {
    const d = defer.maybeDeferred(this.fn(f));
    if (!this.ds.includes(d)) this.push(d);
  }
  do_add(how, i, f, g, args = []) {
    const d = this.ds[i];
    if (!d || this.used.has(i)) return;
    if (how === 'callbacks') d.addCallbacks(this.fn(f, i), g ? this.fn(g, i) : undefined, args, g ? args : []);
    else d[{ callback: 'addCallback', errback: 'addErrback', both: 'addBoth' }[how]](this.fn(f, i), ...args);
  }
  do_pause(i) {
    // In Twisted a chain runs on where one of its own callbacks pauses it, and where one that waits for another is
    // paused, the rest of the other's callbacks does not run.
    if (!this.ds[i] || this.used.has(i) || this.waited.has(i) || this.running.get(i)) return;
    count(this.pauses, i, 1);
    this.ds[i].pause();
  }
  do_unpause(i) {
    if (!this.pauses.get(i)) return;
    count(this.pauses, i, -1);
    this.ds[i].unpause();
  }
  do_cancel(i) {
    if (!this.kept.has(i) && this.cancelling.size === 0) this.ds[i]?.cancel();
  }
  do_chain(i, j) {
    if (i === j || !this.free(i) || !this.own.has(j)) return;
    this.chained.add(i);
    this.ds[i].chainDeferred(this.ds[j]);
  }
  do_timeout(i, t, f) {
    if (!this.ds[i] || this.used.has(i)) return;
    if (f) this.ds[i].addTimeout(t, this.clock, this.fn(f, i));
    else this.ds[i].addTimeout(t, this.clock);
  }
  do_end(i) {
    if (this.ds[i] && !this.used.has(i)) this.ds[i].addBoth((r) => this.say(`end ${i} ${show(r)}`));
  }
  do_called() {
    this.say(`called ${this.ds.map((d) => Number(d.called)).join('')}`);
  }

  // Lists
  inputs(indices, consume) {
    const free = [...new Set(indices)].filter((i) => this.free(i));
    if (consume) for (const i of free) this.used.add(i);
    return free.map((i) => this.ds[i]);
  }
  do_list(indices, fireOnOneCallback, fireOnOneErrback, consumeErrors) {
    const ds = this.inputs(indices, consumeErrors);
    if (ds.length > 0 || !fireOnOneCallback) {
      this.push(new DeferredList(ds, { fireOnOneCallback, fireOnOneErrback, consumeErrors }));
    }
  }
  do_gather(indices, consumeErrors) {
    this.push(defer.gatherResults(this.inputs(indices, consumeErrors), { consumeErrors }));
  }

  // Locks and queues
  do_lock() {
    this.res.push(new DeferredLock());
  }
  do_sem(n) {
    this.res.push(new DeferredSemaphore(n));
  }
  do_queue(size, backlog) {
    this.res.push(new DeferredQueue({ size: size ?? undefined, backlog: backlog ?? undefined }));
  }
  do_acquire(r) {
    const d = pick(this.res, r).acquire();
    const i = this.push(d);
    d.addCallback(() => {
      this.say(`acquired ${i}`);
      return 'hold';
    });
  }
  do_release(r) {
    pick(this.res, r).release();
  }
  do_locked(r) {
    const x = pick(this.res, r);
    this.say(`free ${x instanceof DeferredLock ? Number(!x.locked) : x.tokens} waiting ${x.waiting}`);
  }
  do_runf(r, f) {
    this.push(pick(this.res, r).run(this.take(f)));
  }
  do_put(r, v) {
    pick(this.res, r).put(v);
  }
  do_get(r) {
    this.push(pick(this.res, r).get());
  }
  do_counts(r) {
    this.say(`pending ${pick(this.res, r).pending} waiting ${pick(this.res, r).waiting}`);
  }

  // Coroutines
  *steps(steps, sub) {
    for (const s of steps) {
      if (s.k === 'do') {
        this.run(s.do);
      } else if (s.k === 'raise') {
        throw new Err(s.e);
      } else if (s.k === 'ret') {
        return s.n;
      } else {
        let waited;
        if (s.k === 'd') {
          if (!this.free(s.i) || this.taken.has(s.i)) continue;
          this.used.add(s.i);
          waited = this.ds[s.i];
        } else if (s.k === 'v') waited = s.n;
        else if (s.k === 'f') waited = new Failure(new Err(s.e));
        else waited = this.start(s.mode, s.steps);
        try {
          this.say(`${sub} got ${show(yield waited)}`);
        } catch (e) {
          this.say(`${sub} caught ${name(e)}`);
          if (!s.guard) throw e;
        } finally {
          this.say(`${sub} went on`);
        }
      }
    }
    return undefined;
  }
  start(mode, steps) {
    const sub = `g${++this.subs}`;
    if (mode === 0) return defer.inlineCallbacks(() => this.steps(steps, sub))();
    return Deferred.fromCoroutine(this.steps(steps, sub));
  }
  do_go(mode, steps) {
    this.push(this.start(mode, steps));
  }

  // Time
  do_advance(t) {
    this.clock.advance(t);
  }
  do_pump(ts) {
    this.clock.pump(ts);
  }
  do_later(t, f) {
    this.calls.push(this.clock.callLater(t, this.fn(f)));
  }
  do_deferlater(t, f) {
    this.push(deferLater(this.clock, t, this.fn(f)));
  }
  do_ccancel(c) {
    pick(this.calls, c).cancel();
  }
  do_creset(c, t) {
    pick(this.calls, c).reset(t);
  }
  do_cdelay(c, t) {
    pick(this.calls, c).delay(t);
  }
  do_calls() {
    this.say(
      `due ${this.clock
        .getDelayedCalls()
        .map((c) => c.getTime())
        .sort((a, b) => a - b)
        .join()}`,
    );
    this.say(`active ${this.calls.map((c) => Number(c.active())).join('')}`);
  }
  do_loop(f, counts) {
    let made = 0;
    const inner = this.take(f);
    const call = (...args) => {
      made++;
      this.say(`at ${this.clock.now()}`);
      if (made > LIMIT) throw new Err('limit');
      return inner(...args);
    };
    const loop = counts ? LoopingCall.withCount(call) : new LoopingCall(call);
    loop.clock = this.clock;
    this.loops.push(loop);
  }
  do_lstart(n, interval, now) {
    if (pick(this.loops, n).running) return;
    this.used.add(this.ds.length);
    const d = pick(this.loops, n).start(interval, { now });
    this.used.add(this.push(d));
    d.addBoth((r) => this.say(`loop ended ${show(r)}`));
  }
  do_lstop(n) {
    pick(this.loops, n).stop();
  }
  do_lreset(n) {
    pick(this.loops, n).reset();
  }
  do_lstate(n) {
    this.say(`running ${pick(this.loops, n).running}`);
  }

  // Cooperator
  do_coop(steps, started) {
    const terminationPredicateFactory = () => {
      let left = steps;
      return () => --left <= 0;
    };
    const scheduler = (f) => {
      const turn = { f, cancel: () => (turn.f = undefined) };
      this.turns.push(turn);
      return turn;
    };
    this.coop = new Cooperator({ terminationPredicateFactory, scheduler, started });
  }
  *pieces(steps) {
    for (const s of steps) {
      this.say(s.id);
      this.run(s.do);
      if (s.y === null) yield;
      else if (s.y[0] === 'raise') throw new Err(s.y[1]);
      else if (this.free(s.y[1])) {
        this.used.add(s.y[1]);
        yield this.ds[s.y[1]];
      }
    }
  }
  do_cooperate(steps) {
    const n = this.tasks.length;
    const task = this.coop.cooperate(this.pieces(steps));
    this.tasks.push(task);
    task.whenDone().addCallbacks(
      () => this.say(`task ${n} done`),
      (f) => this.say(`task ${n} ${show(f)}`),
    );
  }
  do_coiterate(steps) {
    // Cancelling it departs on purpose.
    this.kept.add(this.push(this.coop.coiterate(this.pieces(steps)).addCallback(() => 'done')));
  }
  do_whendone(t) {
    this.push(
      pick(this.tasks, t)
        .whenDone()
        .addCallback(() => 'done'),
    );
  }
  do_tpause(t) {
    pick(this.tasks, t).pause();
    count(this.holds, t % this.tasks.length, 1);
  }
  do_tresume(t) {
    const task = pick(this.tasks, t);
    if (!this.holds.get(t % this.tasks.length)) return;
    count(this.holds, t % this.tasks.length, -1);
    task.resume();
  }
  do_tstop(t) {
    pick(this.tasks, t).stop();
  }
  do_cstart() {
    this.coop.start();
  }
  do_cstop() {
    this.coop.stop();
  }
  do_tick() {
    while (this.turns.length > 0 && !this.turns[0].f) this.turns.shift();
    this.say(this.turns.length > 0 ? 'tick' : 'no tick');
    this.turns.shift()?.f();
  }

  /** The lines of a turn count in any order. */
  do_unordered() {
    this.say('tick');
    this.unordered = true;
  }

  // System events
  do_trigger(phase, f) {
    this.handles.push(this.reactor.addSystemEventTrigger(phase, 'fuzz', this.take(f)));
  }
  do_untrigger(h) {
    this.reactor.removeSystemEventTrigger(pick(this.handles, h));
  }
  do_fire() {
    this.reactor.fireSystemEvent('fuzz');
    this.say('fired');
  }
}

/** The log of a program, or undefined where a circle of Deferreds was refused: a departure on purpose. */
export async function logOnHeddle(program) {
  const own = new Machine();
  machine = own;
  const { error: print } = console;
  // What logError() prints: that a canceller has thrown.
  console.error = (...args) => own.reports.push(nameIn(args));
  const policy = defer.setUnhandledFailurePolicy('throw');
  process.setUncaughtExceptionCaptureCallback((error) => own.reports.push(name(error)));
  try {
    own.run(program);
    await nextTurn();
    await nextTurn();
  } finally {
    console.error = print;
    defer.setUnhandledFailurePolicy(policy);
    process.setUncaughtExceptionCaptureCallback(null);
  }
  if (own.circle) return undefined;
  const reports = own.reports.filter((report) => !isCancel(report)).sort();
  return [...(own.unordered ? sortTurns(own.log) : own.log), `reports ${reports.join(' ')}`];
}

function nameIn(args) {
  const error = args.find((arg) => arg instanceof Error || arg instanceof Failure);
  return error === undefined ? (/E\d+/.exec(args.join(' '))?.[0] ?? args.join(' ')) : name(error);
}
