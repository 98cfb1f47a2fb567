/** Thrown by {@link LoopingCall.start} when the loop runs already. */
export class LoopRunningError extends Error {
  override readonly name: string = 'LoopRunningError';
  readonly code: 'HEDDLE_LOOP_RUNNING' = 'HEDDLE_LOOP_RUNNING';
}

/** Thrown by {@link LoopingCall.stop} and {@link LoopingCall.reset} when the loop does not run. */
export class LoopNotRunningError extends Error {
  override readonly name: string = 'LoopNotRunningError';
  readonly code: 'HEDDLE_LOOP_NOT_RUNNING' = 'HEDDLE_LOOP_NOT_RUNNING';
}

/** What {@link SystemExit} is thrown for: to end a program that {@link react} runs with an exit code of its choice. */
export class SystemExit extends Error {
  override readonly name: string = 'SystemExit';
  readonly code: 'HEDDLE_SYSTEM_EXIT' = 'HEDDLE_SYSTEM_EXIT';
  /** The exit code of the process. */
  readonly exitCode: number;

  /** @param exitCode the exit code of the process, 0 to 255 */
  constructor(exitCode: number = 0) {
    super(`The program ends with exit code ${exitCode}.`);
    this.exitCode = exitCode;
  }
}
