import { InvalidArgumentError } from '../defer/errors.ts';
import { isThenable } from '../defer/thenable.ts';

/** When a trigger runs, in relation to its event. */
export type Phase = 'before' | 'during' | 'after';

/** What {@link Reactor.addSystemEventTrigger} returns: the way to take the trigger back. */
export interface SystemEventTrigger {
  readonly phase: Phase;
  readonly event: string;
  /** The name of the function, for messages. */
  readonly functionName: string;
}

interface Trigger extends SystemEventTrigger {
  readonly run: () => unknown;
}

/** Where errors of triggers go. */
export type ReportError = (error: unknown, origin: string) => void;

const phases: readonly Phase[] = ['before', 'during', 'after'];

/**
 * One event of the system's life, such as `startup` or `shutdown`, with what
 * is to be done before, during and after it.
 */
export class SystemEvent {
  readonly name: string;
  readonly #report: ReportError;
  readonly #triggers: Record<Phase, Set<Trigger>> = { before: new Set(), during: new Set(), after: new Set() };
  readonly #unfinished = new Set<string>();

  constructor(name: string, report: ReportError) {
    this.name = name;
    this.#report = report;
  }

  /** @throws InvalidArgumentError when there is no such phase, or `f` is no function */
  add(phase: Phase, f: () => unknown, functionName: string): SystemEventTrigger {
    if (!phases.includes(phase)) {
      throw new InvalidArgumentError(`A trigger's phase is one of ${phases.join(', ')}, not ${String(phase)}.`);
    }
    const trigger: Trigger = { phase, event: this.name, functionName, run: f };
    this.#triggers[phase].add(trigger);
    return trigger;
  }

  /** Whether the trigger was still to come. */
  remove(trigger: SystemEventTrigger): boolean {
    return this.#triggers[trigger.phase].delete(trigger as Trigger);
  }

  /** The triggers whose Deferreds the event waits for now. */
  get waitingFor(): readonly string[] {
    return [...this.#unfinished];
  }

  /**
   * Runs the triggers of the first phase in order and collects what they have
   * started: the event may go on when `unfinished` is empty, and calls `proceed`
   * then, at once when nothing is to be waited for.
   */
  before(proceed: () => void): void {
    let pending = 1;
    const oneLess = (): void => {
      if (--pending === 0) proceed();
    };
    for (const trigger of this.#take('before')) {
      const answer = this.#run(trigger);
      if (!isThenable(answer)) continue;
      pending++;
      const label = `${trigger.functionName} (before ${this.name})`;
      this.#unfinished.add(label);
      answer.then(
        () => {
          this.#unfinished.delete(label);
          oneLess();
        },
        (error: unknown) => {
          this.#unfinished.delete(label);
          this.#report(error, label);
          oneLess();
        },
      );
    }
    oneLess();
  }

  /** Runs the triggers of the other phases in order; what they return is not waited for. */
  finish(): void {
    for (const phase of ['during', 'after'] as const) {
      for (const trigger of this.#take(phase)) this.#run(trigger);
    }
  }

  /** Each trigger runs once, also one that a trigger of the same phase adds. */
  *#take(phase: Phase): Generator<Trigger, void> {
    for (const trigger of this.#triggers[phase]) {
      this.#triggers[phase].delete(trigger);
      yield trigger;
    }
  }

  #run(trigger: Trigger): unknown {
    try {
      return trigger.run();
    } catch (error) {
      this.#report(error, `${trigger.functionName} (${trigger.phase} ${this.name})`);
      return undefined;
    }
  }
}
