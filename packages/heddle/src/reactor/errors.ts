/** Thrown when a {@link DelayedCall} is to be changed that has been made already. */
export class AlreadyCalled extends Error {
  override readonly name: string = 'AlreadyCalled';
  readonly code: 'HEDDLE_DELAYED_CALL_MADE' = 'HEDDLE_DELAYED_CALL_MADE';
}

/** Thrown when a {@link DelayedCall} is to be changed that has been cancelled. */
export class AlreadyCancelled extends Error {
  override readonly name: string = 'AlreadyCancelled';
  readonly code: 'HEDDLE_DELAYED_CALL_CANCELLED' = 'HEDDLE_DELAYED_CALL_CANCELLED';
}

/** The failure of `run()` when the reactor runs already. */
export class ReactorAlreadyRunning extends Error {
  override readonly name: string = 'ReactorAlreadyRunning';
  readonly code: 'HEDDLE_REACTOR_ALREADY_RUNNING' = 'HEDDLE_REACTOR_ALREADY_RUNNING';
}

/** Thrown by `stop()` and `crash()` when the reactor does not run, or is stopping already. */
export class ReactorNotRunning extends Error {
  override readonly name: string = 'ReactorNotRunning';
  readonly code: 'HEDDLE_REACTOR_NOT_RUNNING' = 'HEDDLE_REACTOR_NOT_RUNNING';
}

/** Reported when shutting down takes longer than it may. `waitingFor` names what was not done. */
export class ShutdownTimeoutError extends Error {
  override readonly name: string = 'ShutdownTimeoutError';
  readonly code: 'HEDDLE_SHUTDOWN_TIMEOUT' = 'HEDDLE_SHUTDOWN_TIMEOUT';
  readonly waitingFor: readonly string[];

  constructor(timeout: number, waitingFor: readonly string[]) {
    super(`The reactor did not shut down within ${timeout} ms. It was waiting for ${waitingFor.join(', ')}.`);
    this.waitingFor = waitingFor;
  }
}
