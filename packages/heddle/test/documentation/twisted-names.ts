/** The public names of Twisted's core, by their modules: each must be on the page docs/twisted.md. */
export const twistedNames: Record<string, readonly string[]> = {
  'internet.defer': words(`
    Deferred addCallback addErrback addBoth addCallbacks callback errback chainDeferred pause unpause
    cancel addTimeout called paused result callbacks debug asFuture fromFuture fromCoroutine succeed
    fail execute maybeDeferred ensureDeferred logError inlineCallbacks returnValue deferredGenerator
    waitForDeferred timeout gatherResults race setDebugging getDebugging DeferredList fireOnOneCallback
    fireOnOneErrback consumeErrors acquire release locked tokens limit run DeferredSemaphore
    DeferredQueue put get pending waiting DeferredFilesystemLock deferUntilLocked lock unlock
    AlreadyCalledError CancelledError TimeoutError NotACoroutineError FirstError FailureGroup
    QueueOverflow QueueUnderflow AlreadyTryingToLockError DeferredLock
  `),
  'python.failure': words(`
    value type check trap raiseException getErrorMessage getTraceback getBriefTraceback printTraceback
    cleanFailure throwExceptionIntoGenerator frames stack captureVars
  `),
  'internet.threads': words(`
    deferToThread deferToThreadPool callMultipleInThread blockingCallFromThread
  `),
  'python.threadpool': words(`
    ThreadPool min max name started joined threads working waiters workers start stop startAWorker
    stopAWorker adjustPoolsize callInThread callInThreadWithCallback dumpStats
  `),
  _threads: words(`
    IWorker IExclusiveWorker ThreadWorker LockWorker Team pool Quit createMemoryWorker
  `),
  'internet.task': words(`
    LoopingCall clock running interval starttime deferred start stop reset withCount Cooperator
    terminationPredicateFactory scheduler cooperate coiterate pause resume whenDone SchedulerError
    SchedulerStopped TaskFinished TaskDone TaskFailed TaskStopped NotPaused Clock advance pump rightNow
    deferLater react
  `),
  'internet.interfaces': words(`
    running run stop crash iterate resolve fireSystemEvent addSystemEventTrigger
    removeSystemEventTrigger callWhenRunning seconds callLater getDelayedCalls cancel delay reset
    getTime active callFromThread callInThread getThreadPool suggestThreadPoolSize ReactorNotRestartable
    IReactorTCP IReactorSSL IReactorUNIX IReactorUNIXDatagram IReactorUDP IReactorMulticast
    IReactorProcess IReactorSocket IReactorFDSet IReactorPluggableNameResolver IReactorPluggableResolver
    IListeningPort IConnector
  `),
};

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
