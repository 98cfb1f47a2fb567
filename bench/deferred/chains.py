"""Twisted's side of the Deferred benchmark: runs a case as often as stdin says, and answers in nanoseconds each."""

import gc
import sys
from time import perf_counter_ns

from twisted import version
from twisted.internet.defer import Deferred, succeed

increments = [eval(f"lambda n: n + {i}") for i in range(1, 11)]


def fired():
    d = succeed(1)
    for increment in increments:
        d.addCallback(increment)
    return d


def pending():
    d = Deferred()
    for increment in increments:
        d.addCallback(increment)
    d.callback(1)
    return d


def waiting():
    inner = [Deferred() for _ in increments]
    d = succeed(1)
    for waited in inner:
        d.addCallback(lambda _, waited=waited: waited)
    for waited in inner:
        waited.callback(1)
    return d


cases = {"fired": fired, "pending": pending, "waiting": waiting}

print(f"Twisted {version.base()} on CPython {sys.version.split()[0]}", flush=True)
for line in sys.stdin:
    name, times = line.split()
    case = cases[name]
    gc.collect()
    start = perf_counter_ns()
    for _ in range(int(times)):
        case()
    print((perf_counter_ns() - start) / int(times), flush=True)
