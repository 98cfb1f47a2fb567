import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { clearTimeout, setImmediate, setTimeout, now } from '../../defer/node-timers.ts';
import { NOT_NOW, type OutgoingJob, type Progress } from './connection.ts';
import { packJob, readAnswer, unsendableArguments } from './job-message.ts';
import { type Channel, Form, PAIR, SLOTS, type SlotOutcome, SlotState } from '../wire/channel/channel.ts';
import { Lookout } from '../wire/channel/lookout.ts';
import type { Payload } from '../wire/values/payload.ts';
import { SlotValues } from '../wire/channel/slot-values.ts';

/** Gets each job that has ended. */
export type Completed = (
  slot: number,
  outcome: SlotOutcome,
  result: unknown,
  microseconds: number,
  beganAt: number,
  cpuMicroseconds: number,
) => void;

const NONE: readonly Function[] = [];

/** With more calls under way, results pile up while a message wakes the loop, which is cheaper than to look. */
const FEW = 4;
/** With as many under way, the thread need not look for the next one all the time: this side has results to go on with. */
const MANY = 16;
/** How long the loop is asked again and again, without being held up, before a message has to wake it. */
const POLL_MS = 0.02;
/** A thread whose last job took longer is not waited for like that. */
const SHORT_JOB_MICROSECONDS = 20;
/** Results of many short calls are heard of together; should a long call come between, no later than this. */
const PATIENCE_MS = 1;
/** So many times, until it is tried again whether each result had better be heard of. */
const PATIENT_SLEEPS = 8;

/** The reactor's end of a channel: jobs go into free slots, and come back from them. */
export class JobSlots {
  #channel: Channel;
  readonly #values: MessagePort;
  #inMemory: SlotValues;
  readonly #completed: Completed;
  readonly #hearCalls: () => void;
  readonly #free: number[] = Array.from({ length: SLOTS }, (_, index) => SLOTS - 1 - index);
  readonly #hasCompletions: () => boolean;
  readonly #lookout = new Lookout();
  #polling = false;
  #pollUntil = 0;
  readonly #patience: NodeJS.Timeout;
  #patientSleeps = 0;
  #lastMicroseconds = 0;
  #closed = false;
  hasMoved = false;
  #passed: readonly Function[] = NONE;
  /** When results were taken last, where they were several: to ask the time for each would take a while. */
  heardAt: number | undefined;

  /**
   * @param values the port for what does not fit into a slot
   * @param hearCalls takes what the thread has called so far
   */
  constructor(channel: Channel, values: MessagePort, completed: Completed, hearCalls: () => void) {
    this.#channel = channel;
    this.#hearCalls = hearCalls;
    this.#values = values;
    this.#completed = completed;
    this.#inMemory = new SlotValues(channel);
    this.#hasCompletions = () => !this.#channel.completions.isEmpty();
    this.#patience = setTimeout(() => this.#lookAgain(), PATIENCE_MS).unref();
    channel.reactorBell.sleepInLoop(this.#hasCompletions);
  }

  get inFlight(): number {
    return SLOTS - this.#free.length;
  }

  /**
   * Puts a job into a slot. Gives NOT_NOW for one that has to be alone with its thread, and is not.
   *
   * @throws UnclonableError, CodecError, StillResolving where its arguments cannot be sent; then the slot is free again
   */
  submit(job: OutgoingJob): number {
    const slot = this.#free.pop() as number;
    try {
      const form = this.#send(job, slot);
      if (form === NOT_NOW) {
        this.#free.push(slot);
        return NOT_NOW;
      }
      const state = job.call.settled ? SlotState.withdrawn : SlotState.sent;
      this.#channel.describe(slot, job.functionId, form, state, this.inFlight >= MANY);
    } catch (error) {
      this.#free.push(slot);
      throw unsendableArguments(job.call.functionName, error);
    }
    this.#channel.submissions.put(slot);
    const isSoonDone = this.inFlight <= FEW && this.#lastMicroseconds < SHORT_JOB_MICROSECONDS;
    if (isSoonDone && this.#lookout.pays()) this.#pollForAWhile();
    return slot;
  }

  withdraw(slot: number): boolean {
    return this.#channel.change(slot, SlotState.sent, SlotState.withdrawn);
  }

  /** Marks a job that has begun. False where it has ended. */
  cancel(slot: number): boolean {
    const channel = this.#channel;
    return (
      channel.change(slot, SlotState.begun, SlotState.cancelled) ||
      channel.change(slot, SlotState.left, SlotState.cancelled)
    );
  }

  /** The same of one whose items nobody wants any more. */
  leave(slot: number): boolean {
    return this.#channel.change(slot, SlotState.begun, SlotState.left);
  }

  progressOf(slot: number): Progress {
    const state = this.#channel.state(slot);
    if (state === SlotState.sent) return 'sent';
    return state === SlotState.done ? 'done' : 'begun';
  }

  runTimeOf(slot: number): number {
    const state = this.#channel.state(slot);
    const isRunning = state === SlotState.begun || state === SlotState.cancelled || state === SlotState.left;
    const began = isRunning ? this.#channel.beganAt(slot) : 0;
    return began > 0 ? Math.max(0, now() - began) : 0;
  }

  /** Delivers what has ended so far, and then watches again. */
  readonly look = (): void => {
    const hasPolled = this.#polling;
    this.#polling = false;
    if (hasPolled && this.#hasCompletions()) this.#lookout.found();
    let delivered = 0;
    try {
      delivered = this.deliver();
    } finally {
      this.#watch(delivered, hasPolled);
    }
  };

  #watch(delivered: number, hasPolled: boolean): void {
    if (this.#closed || this.#polling) return undefined;
    if (this.inFlight > 0 && now() < this.#pollUntil) return this.#poll();
    if (hasPolled && this.inFlight > 0) this.#lookout.missed();
    const isPatient = this.#mayWait(delivered);
    if (isPatient) this.#patience.refresh();
    if (this.#channel.reactorBell.sleepInLoop(this.#hasCompletions, isPatient)) this.#poll();
    return undefined;
  }

  /**
   * Whether the results under way may come together. Woken for few of many, this side has interrupted the thread, or
   * has left its own work for little; where each has a processor, it is better woken early, and finds many.
   */
  #mayWait(delivered: number): boolean {
    if (this.inFlight <= FEW || this.#lastMicroseconds >= SHORT_JOB_MICROSECONDS) return false;
    if (delivered * 2 < this.inFlight) this.#patientSleeps = PATIENT_SLEEPS;
    if (this.#patientSleeps === 0) return false;
    this.#patientSleeps--;
    return true;
  }

  /** What the thread does takes long: it has to ring for each result from now on. */
  #lookAgain(): void {
    this.deliver();
    if (this.#closed || this.#polling) return;
    if (this.#channel.reactorBell.sleepInLoop(this.#hasCompletions)) this.#poll();
  }

  /**
   * Delivers what has ended so far: not what ends meanwhile, which would hold up the loop.
   *
   * @returns how many have
   */
  deliver(): number {
    const { completions } = this.#channel;
    const { size } = completions;
    this.heardAt = size > 1 ? now() : undefined;
    // What the jobs have called was called before they ended.
    this.#hearCalls();
    for (let left = size; left > 0; left--) this.#deliver(completions.take());
    return size;
  }

  takePassed(): readonly Function[] {
    const passed = this.#passed;
    this.#passed = NONE;
    return passed;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#patience);
  }

  /** Goes on with another channel, of nobody: its own memory is for the next thread. */
  leaveTo(channel: Channel): void {
    this.#channel = channel;
    this.#inMemory = new SlotValues(channel);
  }

  #send(job: OutgoingJob, slot: number): number {
    this.hasMoved = false;
    this.#passed = NONE;
    if (job.reference === undefined) {
      const isPair = job.captured.length > 0;
      const form = this.#inMemory.write(isPair ? [job.args, job.captured] : job.args, slot, !isPair);
      if (form !== Form.message) return isPair ? form + PAIR : form;
    }
    const { message, transfer, moves, passed } = packJob(job);
    if (moves && !job.isAlone) return NOT_NOW;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    this.#values.postMessage(message, transfer);
    this.hasMoved = moves;
    this.#passed = passed;
    return Form.message;
  }

  #deliver(slot: number): void {
    const channel = this.#channel;
    let outcome = channel.outcome(slot);
    let result: unknown;
    const form = channel.form(slot);
    if (form === Form.message) {
      ({ outcome, result } = readAnswer(outcome, () => receiveMessageOnPort(this.#values)?.message as Payload));
    } else if (outcome === 'value') {
      result = this.#inMemory.read(slot, form);
    }
    const microseconds = channel.microseconds(slot);
    this.#lastMicroseconds = microseconds;
    this.#free.push(slot);
    const beganAt = Math.abs(channel.beganAt(slot));
    this.#completed(slot, outcome, result, microseconds, beganAt, channel.cpuMicroseconds(slot));
  }

  #pollForAWhile(): void {
    this.#pollUntil = now() + POLL_MS;
    if (this.#polling) return;
    this.#channel.reactorBell.stayAwake();
    this.#poll();
  }

  #poll(): void {
    this.#polling = true;
    setImmediate(this.look);
  }
}
