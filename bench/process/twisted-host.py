"""Measures Twisted's deferToThread, as host.mjs measures the others: a question a line, an answer a line."""

import json
import sys
from time import monotonic, perf_counter, sleep

from twisted import version
from twisted.internet import defer, reactor, stdio, task, threads
from twisted.protocols.basic import LineReceiver


def noop():
    pass


def sleeping(seconds):
    sleep(seconds)
    return monotonic()


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


@defer.inlineCallbacks
def load(in_flight, seconds):
    """Keeps calls under way, and gives calls per second and how long each took."""
    latencies = []
    begun = perf_counter()
    until = begun + seconds

    @defer.inlineCallbacks
    def caller():
        before = perf_counter()
        while before < until:
            yield threads.deferToThread(noop)
            after = perf_counter()
            latencies.append(after - before)
            before = after

    yield defer.gatherResults([caller() for _ in range(in_flight)])
    return len(latencies) / (perf_counter() - begun), latencies


@defer.inlineCallbacks
def many_in_flight(seconds, size):
    hundred, _ = yield load(100, seconds)
    ten, _ = yield load(10, seconds)
    return {"hundred": hundred, "ten": ten}


@defer.inlineCallbacks
def one_in_flight(seconds, size):
    rate, latencies = yield load(1, seconds)
    return {"rate": rate, "roundTrip": median(latencies) * 1e6}


@defer.inlineCallbacks
def spaced_calls(seconds, size):
    latencies = []
    until = perf_counter() + 2 * seconds
    while perf_counter() < until:
        yield task.deferLater(reactor, 0.002)
        before = perf_counter()
        yield threads.deferToThread(noop)
        latencies.append(perf_counter() - before)
    return {"roundTrip": median(latencies) * 1e6}


@defer.inlineCallbacks
def lateness(seconds, size):
    late = []
    for _ in range(size(2, 1)):
        ended = yield threads.deferToThread(sleeping, size(0.5, 0.005))
        late.append(monotonic() - ended)
    return {"lateness": median(late) * 1e3}


measures = {
    "many-in-flight": many_in_flight,
    "one-in-flight": one_in_flight,
    "spaced-calls": spaced_calls,
    "lateness": lateness,
}


class Questions(LineReceiver):
    delimiter = b"\n"

    def connectionMade(self):
        # Neither a question nor an answer: who is here.
        self.sendLine(f"Twisted {version.base()} on CPython {sys.version.split()[0]}".encode())

    def lineReceived(self, line):
        question = json.loads(line)
        measure = measures.get(question["measure"])
        if measure is None:
            self.answer({"reason": "not measured: a Python thread shares the program's memory and its one interpreter"})
            return
        size = (lambda full, smoke: smoke) if question["smoke"] else (lambda full, smoke: full)
        measuring = measure(question["milliseconds"] / 1000, size)
        measuring.addCallbacks(self.answer, lambda failure: self.answer({"error": failure.getTraceback()}))

    def answer(self, answer):
        self.sendLine(json.dumps(answer).encode())

    def connectionLost(self, reason):
        if reactor.running:
            reactor.stop()


reactor.suggestThreadPoolSize(1)
stdio.StandardIO(Questions())
reactor.run()
