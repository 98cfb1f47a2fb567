"""Runs random programs on Twisted: one JSON program a line in, one JSON log a line out. See programs.js."""
import collections
import gc
import json
import sys
import warnings

from twisted.internet import base, defer, task
from twisted.internet.defer import Deferred, DeferredList, DeferredLock, DeferredQueue, DeferredSemaphore
from twisted.logger import globalLogBeginner
from twisted.python.failure import Failure

SAME = {"AssertionError": "Refused", "ValueError": "Refused", "NotPaused": "NotPausedError"}
LIMIT = 6  # calls of one LoopingCall


class Err(Exception):
    pass


def name(e):
    kind = type(e).__name__
    if kind == "Failure":
        return name(e.value)
    if kind == "Err":
        return e.args[0]
    if kind == "FirstError":
        return f"First[{e.index}:{name(e.subFailure.value)}]"
    if kind == "FailureGroup":
        return f"Group[{','.join(name(f.value) for f in e.failures)}]"
    return SAME.get(kind, kind)


def show(v):
    if v is None:
        return "-"
    if isinstance(v, bool):
        return str(v).lower()
    if isinstance(v, (int, float)):
        return str(int(v) if v == int(v) else v)
    if isinstance(v, Failure):
        return f"F({name(v.value)})"
    if isinstance(v, (list, tuple)):
        return f"[{','.join(map(show, v))}]"
    return v if isinstance(v, str) else "object"


def is_cancel(text):
    return "CancelledError" in text and "E" not in text.replace("CancelledError", "")


def pick(items, i):
    if not items:
        raise Err("nothing")
    return items[i % len(items)]


def sort_turns(log):
    turns = [[]]
    for line in log:
        turns[-1].append(line)
        if line.endswith("tick"):
            turns.append([])
    return [line for turn in turns for line in sorted(turn)]


class Turn:
    def __init__(self, f):
        self.f = f

    def cancel(self):
        self.f = None


class Machine:
    def __init__(self):
        self.log = []
        self.reports = []
        self.ds = []
        self.running = collections.Counter()
        self.pauses = collections.Counter()
        self.used = set()
        self.own = set()
        self.kept = set()
        self.taken = set()
        self.waited = set()
        self.chained = set()
        self.cancelling = set()
        self.holds = collections.Counter()
        self.res = []
        self.loops = []
        self.calls = []
        self.turns = []
        self.tasks = []
        self.handles = []
        self.clock = task.Clock()
        self.event = base._ThreePhaseEvent()
        self.subs = 0
        self.unordered = False
        self.do_coop(1, True)

    def say(self, text):
        self.log.append(text)

    def run(self, stmts):
        for s in stmts:
            try:
                getattr(self, "do_" + s[0])(*s[1:])
            except (Exception, Failure) as e:
                self.say(f"{s[0]} raises {name(e)}")

    def push(self, d):
        self.ds.append(d)
        return len(self.ds) - 1

    def fn(self, f, owner=-1):
        def call(*args):
            self.say(f"{f['id']}({','.join(map(show, args))})")
            self.running[owner] += 1
            try:
                self.run(f["do"])
                return self.outcome(f["out"], args[0] if args else None, owner)
            finally:
                self.running[owner] -= 1

        return call

    def outcome(self, out, arg, owner):
        kind, *rest = out
        if kind == "same":
            return arg
        if kind == "val":
            return rest[0]
        if kind == "raise":
            raise Err(rest[0])
        if kind == "failure":
            return Failure(Err(rest[0]))
        if kind == "throw":
            raise Failure(Err(rest[0]))
        if kind == "trap":
            if isinstance(arg, Failure):
                arg.trap(defer.CancelledError, defer.TimeoutError)
            return rest[0]
        # One that is taken by its own callbacks, or while its result is passed on, departs on purpose.
        may_take = kind == "d" and owner < rest[0] < len(self.ds) and self.free(rest[0])
        if may_take and rest[0] not in self.chained | self.taken:
            self.taken.add(rest[0])
            self.waited.add(owner)
            return self.ds[rest[0]]
        return None

    def take(self, f):
        """As fn, for those who consume the Deferred that comes back."""

        def call(*args):
            got = self.fn(f)(*args)
            if isinstance(got, Deferred):
                self.used.add(self.ds.index(got))
            return got

        return call

    def free(self, i):
        return 0 <= i < len(self.ds) and i not in self.used and not self.running[i]

    # Deferreds
    def do_new(self, canceller=None):
        i = len(self.ds)
        call = self.fn(canceller, i) if canceller else None

        def cancel(d):
            self.cancelling.add(i)
            try:
                call()
            finally:
                self.cancelling.discard(i)

        self.own.add(self.push(Deferred(cancel if call else None)))

    def do_cb(self, i, v):
        if i in self.own:
            self.ds[i].callback(v)

    def do_eb(self, i, e):
        if i in self.own:
            self.ds[i].errback(Failure(Err(e)))

    def do_fired(self, v, e):
        self.push(defer.succeed(v) if e is None else defer.fail(Failure(Err(e))))

    def do_callback_failure(self, i, e):
        if i in self.own:
            self.ds[i].callback(Failure(Err(e)))

    def do_maybe(self, f):
        d = defer.maybeDeferred(self.fn(f))
        if d not in self.ds:
            self.push(d)

    def do_add(self, how, i, f, g=None, args=()):
        if i >= len(self.ds) or i in self.used:
            return
        d = self.ds[i]
        if how == "callbacks":
            d.addCallbacks(self.fn(f, i), self.fn(g, i) if g else None, callbackArgs=args, errbackArgs=args if g else ())
        else:
            getattr(d, {"callback": "addCallback", "errback": "addErrback", "both": "addBoth"}[how])(self.fn(f, i), *args)

    def do_pause(self, i):
        # In Twisted a chain runs on where one of its own callbacks pauses it, and where one that waits for another is
        # paused, the rest of the other's callbacks does not run.
        if i < len(self.ds) and i not in self.used | self.waited and not self.running[i]:
            self.pauses[i] += 1
            self.ds[i].pause()

    def do_unpause(self, i):
        if self.pauses[i]:
            self.pauses[i] -= 1
            self.ds[i].unpause()

    def do_cancel(self, i):
        if i < len(self.ds) and i not in self.kept and not self.cancelling:
            self.ds[i].cancel()

    def do_chain(self, i, j):
        if i != j and self.free(i) and j in self.own:
            self.chained.add(i)
            self.ds[i].chainDeferred(self.ds[j])

    def do_timeout(self, i, t, f=None):
        if i < len(self.ds) and i not in self.used:
            self.ds[i].addTimeout(t, self.clock, self.fn(f, i) if f else None)

    def do_end(self, i):
        if i < len(self.ds) and i not in self.used:
            self.ds[i].addBoth(lambda r: self.say(f"end {i} {show(r)}"))

    def do_called(self):
        self.say("called " + "".join(str(int(d.called)) for d in self.ds))

    # Lists
    def inputs(self, indices, consume):
        free = [i for i in dict.fromkeys(indices) if self.free(i)]
        if consume:
            self.used.update(free)
        return [self.ds[i] for i in free]

    def do_list(self, indices, one, err, consume):
        ds = self.inputs(indices, consume)
        if ds or not one:
            self.push(DeferredList(ds, one, err, consume))

    def do_gather(self, indices, consume):
        self.push(defer.gatherResults(self.inputs(indices, consume), consume))

    # Locks and queues
    def do_lock(self):
        self.res.append(DeferredLock())

    def do_sem(self, n):
        self.res.append(DeferredSemaphore(n))

    def do_queue(self, size, backlog):
        self.res.append(DeferredQueue(size, backlog))

    def do_acquire(self, r):
        d = pick(self.res, r).acquire()
        i = self.push(d)
        d.addCallback(lambda _: self.say(f"acquired {i}") or "hold")

    def do_release(self, r):
        pick(self.res, r).release()

    def do_locked(self, r):
        x = pick(self.res, r)
        free = int(not x.locked) if isinstance(x, DeferredLock) else x.tokens
        self.say(f"free {free} waiting {len(x.waiting)}")

    def do_runf(self, r, f):
        self.push(pick(self.res, r).run(self.take(f)))

    def do_put(self, r, v):
        pick(self.res, r).put(v)

    def do_get(self, r):
        self.push(pick(self.res, r).get())

    def do_counts(self, r):
        self.say(f"pending {len(pick(self.res, r).pending)} waiting {len(pick(self.res, r).waiting)}")

    # Coroutines
    def steps(self, steps, sub):
        for s in steps:
            kind = s["k"]
            if kind == "do":
                self.run(s["do"])
            elif kind == "raise":
                raise Err(s["e"])
            elif kind == "ret":
                return s["n"]
            else:
                if kind == "d":
                    if not self.free(s["i"]) or s["i"] in self.taken:
                        continue
                    self.used.add(s["i"])
                    waited = self.ds[s["i"]]
                elif kind == "v":
                    waited = s["n"]
                elif kind == "f":
                    waited = Failure(Err(s["e"]))
                else:
                    waited = self.start(s["mode"], s["steps"])
                try:
                    got = yield waited
                    self.say(f"{sub} got {show(got)}")
                except Exception as e:
                    self.say(f"{sub} caught {name(e)}")
                    if not s["guard"]:
                        raise
                finally:
                    self.say(f"{sub} went on")

    async def coroutine(self, steps, sub):
        gen = self.steps(steps, sub)
        step = gen.send
        value = None
        while True:
            try:
                waited = step(value)
            except StopIteration as e:
                return e.value
            try:
                if isinstance(waited, Failure):
                    raise waited.value
                value = await waited if isinstance(waited, Deferred) else waited
                step = gen.send
            except Exception as e:
                value = e
                step = gen.throw

    def start(self, mode, steps):
        self.subs += 1
        sub = f"g{self.subs}"
        if mode == 0:
            return defer.inlineCallbacks(self.steps)(steps, sub)
        return Deferred.fromCoroutine(self.steps(steps, sub) if mode == 1 else self.coroutine(steps, sub))

    def do_go(self, mode, steps):
        self.push(self.start(mode, steps))

    # Time
    def do_advance(self, t):
        self.clock.advance(t)

    def do_pump(self, ts):
        self.clock.pump(ts)

    def do_later(self, t, f):
        self.calls.append(self.clock.callLater(t, self.fn(f)))

    def do_deferlater(self, t, f):
        self.push(task.deferLater(self.clock, t, self.fn(f)))

    def do_ccancel(self, c):
        pick(self.calls, c).cancel()

    def do_creset(self, c, t):
        pick(self.calls, c).reset(t)

    def do_cdelay(self, c, t):
        pick(self.calls, c).delay(t)

    def do_calls(self):
        self.say("due " + ",".join(show(t) for t in sorted(c.getTime() for c in self.clock.getDelayedCalls())))
        self.say("active " + "".join(str(int(bool(c.active()))) for c in self.calls))

    def do_loop(self, f, counts):
        made = [0]
        inner = self.take(f)

        def call(*args):
            made[0] += 1
            self.say(f"at {show(self.clock.seconds())}")
            if made[0] > LIMIT:
                raise Err("limit")
            return inner(*args)

        loop = task.LoopingCall.withCount(call) if counts else task.LoopingCall(call)
        loop.clock = self.clock
        self.loops.append(loop)

    def do_lstart(self, n, interval, now):
        if not pick(self.loops, n).running:
            self.used.add(len(self.ds))
            d = pick(self.loops, n).start(interval, now)
            i = self.push(d)
            self.used.add(i)
            d.addBoth(lambda r: self.say(f"loop ended {show(r)}"))

    def do_lstop(self, n):
        pick(self.loops, n).stop()

    def do_lreset(self, n):
        pick(self.loops, n).reset()

    def do_lstate(self, n):
        self.say(f"running {show(bool(pick(self.loops, n).running))}")

    # Cooperator
    def do_coop(self, steps, started):
        def factory():
            left = [steps]

            def over():
                left[0] -= 1
                return left[0] <= 0

            return over

        def scheduler(f):
            self.turns.append(Turn(f))
            return self.turns[-1]

        self.coop = task.Cooperator(factory, scheduler, started)

    def pieces(self, steps):
        for s in steps:
            self.say(s["id"])
            self.run(s["do"])
            if s["y"] is None:
                yield
            elif s["y"][0] == "raise":
                raise Err(s["y"][1])
            elif self.free(s["y"][1]):
                self.used.add(s["y"][1])
                yield self.ds[s["y"][1]]

    def do_cooperate(self, steps):
        n = len(self.tasks)
        self.tasks.append(self.coop.cooperate(self.pieces(steps)))
        d = self.tasks[-1].whenDone()
        d.addCallbacks(lambda _: self.say(f"task {n} done"), lambda f: self.say(f"task {n} {show(f)}"))

    def do_coiterate(self, steps):
        # Cancelling it departs on purpose.
        self.kept.add(self.push(self.coop.coiterate(self.pieces(steps)).addCallback(lambda _: "done")))

    def do_whendone(self, t):
        self.push(pick(self.tasks, t).whenDone().addCallback(lambda _: "done"))

    def do_tpause(self, t):
        pick(self.tasks, t).pause()
        self.holds[t % len(self.tasks)] += 1

    def do_tresume(self, t):
        task = pick(self.tasks, t)
        if self.holds[t % len(self.tasks)]:
            self.holds[t % len(self.tasks)] -= 1
            task.resume()

    def do_tstop(self, t):
        pick(self.tasks, t).stop()

    def do_cstart(self):
        self.coop.start()

    def do_cstop(self):
        self.coop.stop()

    def do_tick(self):
        while self.turns and self.turns[0].f is None:
            self.turns.pop(0)
        self.say("tick" if self.turns else "no tick")
        if self.turns:
            self.turns.pop(0).f()

    def do_unordered(self):
        """The lines of a turn count in any order."""
        self.say("tick")
        self.unordered = True

    # System events
    def do_trigger(self, phase, f):
        self.handles.append(self.event.addTrigger(phase, self.take(f)))

    def do_untrigger(self, h):
        handle = pick(self.handles, h)
        try:
            self.event.removeTrigger(handle)
        except Exception:
            pass

    def do_fire(self):
        self.event.fireEvent()
        self.say("fired")


machine = None


def observer(event):
    failure = event.get("log_failure") or event.get("failure")
    if failure and machine:
        machine.reports.append(name(failure.value))


def main():
    global machine
    warnings.simplefilter("ignore")
    globalLogBeginner.beginLoggingTo([observer], discardBuffer=True, redirectStandardIO=False)
    gc.collect()
    gc.freeze()
    gc.disable()
    for line in sys.stdin:
        machine = Machine()
        log, reports = machine.log, machine.reports
        machine.run(json.loads(line))
        unordered = machine.unordered
        for attribute in list(vars(machine)):
            if attribute != "reports" and attribute != "log":
                setattr(machine, attribute, None)
        machine.say = lambda text: None
        gc.collect()
        if unordered:
            log[:] = sort_turns(log)
        log.append("reports " + " ".join(sorted(r for r in reports if not is_cancel(r))))
        print(json.dumps(log), flush=True)


main()
