import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { packageRoot } from '../support/paths.ts';

// What programs may rely on. A name that goes or changes its spelling breaks them; a new one is added here on purpose.
const defer = [
  'AlreadyCalledError',
  'AlreadyTryingToLockError',
  'CancelledError',
  'Deferred',
  'DeferredFilesystemLock',
  'DeferredList',
  'DeferredLock',
  'DeferredQueue',
  'DeferredSemaphore',
  'Failure',
  'FailureGroup',
  'FirstError',
  'InvalidArgumentError',
  'NotACoroutineError',
  'NotAcquiredError',
  'NotPausedError',
  'QueueOverflow',
  'QueueUnderflow',
  'TimeoutError',
  'ensureDeferred',
  'execute',
  'fail',
  'fromCoroutine',
  'gatherResults',
  'getDebugging',
  'inlineCallbacks',
  'logError',
  'maybeDeferred',
  'race',
  'setDebugging',
  'setUnhandledFailurePolicy',
  'succeed',
];
const reactor = [
  'AlreadyCalled',
  'AlreadyCancelled',
  'DelayedCall',
  'Reactor',
  'ReactorAlreadyRunning',
  'ReactorNotRunning',
  'ShutdownTimeoutError',
  'createReactor',
  'reactor',
];
const task = [
  'CooperativeTask',
  'Cooperator',
  'LoopNotRunningError',
  'LoopRunningError',
  'LoopingCall',
  'SchedulerError',
  'SchedulerStopped',
  'SystemExit',
  'TaskDone',
  'TaskFailed',
  'TaskFinished',
  'TaskStopped',
  'coiterate',
  'cooperate',
  'deferLater',
  'react',
];
const testing = ['Clock', 'MemoryReactor', 'MemoryThreadPool', 'assertNoResult', 'failureResultOf', 'successResultOf'];
const threads = [
  'BoundObject',
  'BoundObjectLostError',
  'CallableError',
  'CodecError',
  'NotIterableError',
  'PoolFullError',
  'PoolStoppedError',
  'ProcessPool',
  'ReactorCallError',
  'StorageNotExportedError',
  'ThreadEntryMissingError',
  'ThreadExitError',
  'ThreadInitError',
  'ThreadIterator',
  'ThreadPool',
  'TooManyCrashesError',
  'UnclonableError',
  'ask',
  'bindToThread',
  'callMultipleInThread',
  'deferToThread',
  'deferToThreadPool',
  'inThread',
  'iterateInThread',
  'notify',
  'prometheusText',
  'registerCodec',
  'threadFunction',
  'threadPools',
  'transfer',
];
const thread = [
  'ReactorCallError',
  'blockingCallFromThread',
  'callFromThread',
  'isCancelled',
  'isInThread',
  'signal',
  'throwIfCancelled',
  'transfer',
];
const watchdog = ['LoopNotWatchableError', 'culpritOf', 'frameAt', 'framesOf', 'watchLoop'];
const exported: Record<string, readonly string[]> = {
  // For code that the build plug-in writes.
  'heddle/addressed': ['addressed', 'partsOf'],
  // For tools that give advice, such as the doctor.
  'heddle/inspect': ['measureCopy', 'wayIntoThread'],
  heddle: [...defer, ...reactor, ...task, ...threads, ...watchdog],
  'heddle/defer': defer,
  'heddle/reactor': reactor,
  'heddle/task': task,
  'heddle/testing': testing,
  'heddle/thread': thread,
  'heddle/threads': threads,
  'heddle/watchdog': watchdog,
};

const manifest: { exports: Record<string, unknown> } = JSON.parse(
  readFileSync(path.join(packageRoot, 'package.json'), 'utf8'),
);
const subpaths = Object.keys(manifest.exports)
  .filter((subpath) => !subpath.endsWith('.json'))
  .map((subpath) => path.posix.join('heddle', subpath));

test('every subpath of the package is listed here', () => {
  assert.deepEqual(Object.keys(exported).sort(), subpaths.sort());
});

for (const [subpath, names] of Object.entries(exported)) {
  test(`${subpath} exports the names listed here and no others`, async () => {
    const namespace: object = await import(subpath);
    assert.deepEqual(Object.keys(namespace).sort(), [...names].sort());
  });
}
