/** What a task of the model does in one step. */
export type Step =
  | 'yield'
  /** Yields the next of its own Deferreds, which has not fired. */
  | 'wait'
  /** Yields a Deferred that has fired. */
  | 'fired'
  /** Yields a Deferred that has failed. */
  | 'failed'
  | 'throw'
  | 'pause itself'
  | 'stop itself';

export type End = 'done' | 'failed' | 'stopped' | 'scheduler stopped';

export interface ModelTask {
  readonly name: number;
  readonly priority: number;
  readonly steps: readonly Step[];
  at: number;
  pauses: number;
  waits: boolean;
  end: End | undefined;
  lastTurn: number;
}

/**
 * What a cooperator should do, written down as simply as possible: one list of
 * those that can go on, in the order of waiting, and one step a turn.
 */
export class ModelCooperator {
  readonly tasks: ModelTask[] = [];
  readonly log: number[] = [];
  #line: ModelTask[] = [];
  #turn = 0;
  #stopped = false;

  get canTurn(): boolean {
    return !this.#stopped && this.#line.length > 0;
  }

  add(steps: readonly Step[], priority: number): void {
    const end = this.#stopped ? 'scheduler stopped' : undefined;
    const name = this.tasks.length;
    const task: ModelTask = { name, priority, steps, at: 0, pauses: 0, waits: false, end, lastTurn: 0 };
    this.tasks.push(task);
    this.#settle(task);
  }

  turn(): void {
    if (!this.canTurn) return;
    const task = this.#choose();
    this.#turn++;
    task.lastTurn = this.#turn;
    this.log.push(task.name);
    const step = task.steps[task.at++];
    if (step === undefined) task.end = 'done';
    else if (step === 'throw' || step === 'failed') task.end = 'failed';
    else if (step === 'stop itself') task.end = 'stopped';
    else if (step === 'pause itself') task.pauses++;
    else if (step === 'wait') task.waits = true;
    // It has had its turn, and stands behind the others.
    this.#line = this.#line.filter((other) => other !== task);
    this.#settle(task);
  }

  /** Whether it may be paused. */
  pause(task: ModelTask): boolean {
    if (task.end !== undefined) return false;
    task.pauses++;
    this.#settle(task);
    return true;
  }

  /** Whether it may be resumed. */
  resume(task: ModelTask): boolean {
    if (task.pauses === 0) return false;
    task.pauses--;
    this.#settle(task);
    return true;
  }

  stop(task: ModelTask): boolean {
    if (task.end !== undefined) return false;
    task.end = 'stopped';
    this.#settle(task);
    return true;
  }

  /** The Deferred that it waits for fires, or fails. */
  fire(task: ModelTask, succeeds: boolean): void {
    if (!task.waits) return;
    task.waits = false;
    if (task.end === undefined && !succeeds) task.end = 'failed';
    this.#settle(task);
  }

  stopAll(): void {
    this.#stopped = true;
    for (const task of this.tasks) task.end ??= 'scheduler stopped';
    this.#line = [];
  }

  start(): void {
    this.#stopped = false;
  }

  #settle(task: ModelTask): void {
    const canGoOn = task.end === undefined && task.pauses === 0 && !task.waits;
    if (canGoOn === this.#line.includes(task)) return;
    if (canGoOn) {
      if (task.lastTurn < this.#turn) task.lastTurn = this.#turn;
      this.#line.push(task);
    } else {
      this.#line = this.#line.filter((other) => other !== task);
    }
  }

  #choose(): ModelTask {
    const priorities = [...new Set(this.#line.map(({ priority }) => priority))].sort((a, b) => b - a);
    const fronts = priorities.map((priority) => this.#line.find((task) => task.priority === priority) as ModelTask);
    if (fronts.length === 1 || (this.#turn + 1) % 8 !== 0) return fronts[0] as ModelTask;
    return fronts.reduce((oldest, task) => (task.lastTurn < oldest.lastTurn ? task : oldest));
  }
}
