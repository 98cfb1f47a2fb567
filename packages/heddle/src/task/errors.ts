import { inspect } from 'node:util';
import { InvalidArgumentError } from '../defer/errors.ts';

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

  /**
   * @param exitCode the exit code of the process, 0 to 255
   * @throws InvalidArgumentError for any other: of 256 a system would make 0, success
   */
  constructor(exitCode: number = 0) {
    if (!Number.isInteger(exitCode) || exitCode < 0 || exitCode > 255) {
      throw new InvalidArgumentError(
        `The exit code of a SystemExit must be a whole number from 0 to 255, not ${inspect(exitCode)}.`,
      );
    }
    super(`The program ends with exit code ${exitCode}.`);
    this.exitCode = exitCode;
  }
}

/** What a cooperator or one of its tasks cannot do: the class of all errors below. */
export abstract class SchedulerError extends Error {
  abstract readonly code: string;
}

/** The failure of the tasks that were not done when their cooperator was stopped, or were given to a stopped one. */
export class SchedulerStopped extends SchedulerError {
  override readonly name: string = 'SchedulerStopped';
  readonly code: 'HEDDLE_SCHEDULER_STOPPED' = 'HEDDLE_SCHEDULER_STOPPED';

  constructor() {
    super('The cooperator of this task was stopped. Start it before it is given tasks, or use another one.');
  }
}

/** Thrown when a task that has ended is to be paused or stopped: one of {@link TaskDone}, {@link TaskFailed} and {@link TaskStopped}. */
export abstract class TaskFinished extends SchedulerError {}

/** Thrown when a task that has come to its end is to be paused or stopped. */
export class TaskDone extends TaskFinished {
  override readonly name: string = 'TaskDone';
  readonly code: 'HEDDLE_TASK_DONE' = 'HEDDLE_TASK_DONE';

  constructor() {
    super('The task is done; it can be neither paused nor stopped.');
  }
}

/** Thrown when a task that has failed is to be paused or stopped. `cause` is what it failed with. */
export class TaskFailed extends TaskFinished {
  override readonly name: string = 'TaskFailed';
  readonly code: 'HEDDLE_TASK_FAILED' = 'HEDDLE_TASK_FAILED';

  constructor(cause: unknown) {
    super('The task has failed; it can be neither paused nor stopped.', { cause });
  }
}

/** The failure of a task that was stopped, and what is thrown when such a one is to be paused or stopped. */
export class TaskStopped extends TaskFinished {
  override readonly name: string = 'TaskStopped';
  readonly code: 'HEDDLE_TASK_STOPPED' = 'HEDDLE_TASK_STOPPED';

  constructor() {
    super('The task was stopped.');
  }
}
