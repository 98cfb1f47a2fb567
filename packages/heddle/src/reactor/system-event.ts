import { AsyncResource } from 'node:async_hooks';
import { inspect } from 'node:util';
import { observe } from '../defer/deferred.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { requireFunction } from '../defer/require-function.ts';
import { callForEvent, nameOf, type ReportError } from './event-call.ts';

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

const phases: readonly Phase[] = ['before', 'during', 'after'];

/** @throws InvalidArgumentError when `event` is no name of an event */
export function requireEvent(event: unknown): void {
  if (typeof event === 'string') return;
  throw new InvalidArgumentError(`The name of an event must be a text, not ${inspect(event, { depth: 0 })}.`);
}

/** @throws InvalidArgumentError when `trigger` is none that was added */
export function requireTrigger(trigger: unknown): void {
  const { phase, event } = (trigger ?? {}) as Partial<SystemEventTrigger>;
  if (phases.includes(phase as Phase) && typeof event === 'string') return;
  throw new InvalidArgumentError(
    `What is removed must be what addSystemEventTrigger has returned, not ${inspect(trigger, { depth: 0 })}.`,
  );
}

/**
 * One event of the system's life, such as `startup` or `shutdown`, with what
 * is to be done before, during and after it. Each trigger runs once.
 */
export class SystemEvent {
  readonly name: string;
  readonly #report: ReportError;
  readonly #triggers: Record<Phase, Set<Trigger>> = { before: new Set(), during: new Set(), after: new Set() };
  /** The triggers of the latest round whose Deferreds have not fired. */
  #unfinished = new Set<Trigger>();
  /** How often it has been fired without being over. */
  #underWay = 0;

  constructor(name: string, report: ReportError) {
    this.name = name;
    this.#report = report;
  }

  /** @throws InvalidArgumentError when there is no such phase, or `f` is no function */
  add<A extends unknown[]>(phase: Phase, f: (...args: A) => unknown, args: A): SystemEventTrigger {
    if (!phases.includes(phase)) {
      throw new InvalidArgumentError(`A trigger's phase is one of ${phases.join(', ')}, not ${inspect(phase)}.`);
    }
    requireFunction(f, 'A trigger');
    const scope = new AsyncResource('HeddleTrigger', { requireManualDestroy: true });
    const run = (): unknown => scope.runInAsyncScope(() => f(...args));
    const trigger: Trigger = { phase, event: this.name, functionName: nameOf(f), run };
    this.#triggers[phase].add(trigger);
    return trigger;
  }

  /** Whether the trigger was still to come. */
  remove(trigger: SystemEventTrigger): boolean {
    return this.#triggers[trigger.phase].delete(trigger as Trigger);
  }

  /** Whether it has no triggers, and none of them is being waited for or run. */
  get isEmpty(): boolean {
    return this.#underWay === 0 && phases.every((phase) => this.#triggers[phase].size === 0);
  }

  /** The triggers whose Deferreds the event waits for now. */
  get waitingFor(): string[] {
    return [...this.#unfinished].map(originOf);
  }

  /**
   * Runs the triggers before the event in order, and calls `proceed` when the
   * Deferreds and promises that they have returned are done: at once when
   * there are none. Triggers that are added meanwhile are part of it.
   *
   * @param isWanted whether the event still comes about: what it waited for may be done long after it was given up
   */
  before(proceed: () => void, isWanted: () => boolean = () => true): void {
    const unfinished = new Set<Trigger>();
    this.#unfinished = unfinished;
    this.#underWay++;
    const goOn = (): void => {
      if (unfinished.size > 0 || !isWanted()) return;
      if (this.#triggers.before.size > 0) collect();
      else {
        this.#underWay--;
        proceed();
      }
    };
    const collect = (): void => {
      let collecting = true;
      for (const trigger of this.#take('before')) {
        unfinished.add(trigger);
        const done = callForEvent(trigger.run, originOf(trigger), this.#report);
        const finished = (): undefined => {
          unfinished.delete(trigger);
          if (!collecting) goOn();
        };
        observe(done, finished, true);
      }
      collecting = false;
      goOn();
    };
    collect();
  }

  /** Runs the triggers of the other phases in order; what they return is not waited for. */
  finish(): void {
    // Its last trigger may be taken back in one of these, and another be added.
    this.#underWay++;
    for (const phase of ['during', 'after'] as const) {
      for (const trigger of this.#take(phase)) callForEvent(trigger.run, originOf(trigger), this.#report);
    }
    this.#underWay--;
  }

  /** Takes the triggers of a phase out one by one, those included that are added meanwhile. */
  *#take(phase: Phase): Generator<Trigger, void> {
    for (const trigger of this.#triggers[phase]) {
      this.#triggers[phase].delete(trigger);
      yield trigger;
    }
  }
}

function originOf({ functionName, phase, event }: Trigger): string {
  return `${functionName} (${phase} ${event})`;
}
