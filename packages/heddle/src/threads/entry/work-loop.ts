import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { setImmediate, now } from '../../defer/node-timers.ts';
import { type Channel, Form, OUTCOMES, PAIR, SLOTS, type SlotOutcome, SlotState } from '../wire/channel/channel.ts';
import { Lookout } from '../wire/channel/lookout.ts';
import { type BellMessage, type JobMessage, type MoreItems, tell } from '../wire/messages.ts';
import { pack, packThrown } from '../wire/values/pack.ts';
import type { Parcel } from '../wire/values/payload.ts';
import { SlotValues } from '../wire/channel/slot-values.ts';
import { UnclonableError } from '../wire/errors/unclonable-error.ts';
import { whyNotSent } from '../wire/values/why-not-sent.ts';
import { BellLine } from './bell-line.ts';
import { CpuGauge } from './cpu-gauge.ts';
import { CurrentJobs } from './current-job.ts';
import { itemsWereTaken } from './functions/iteration.ts';
import { JobRunner, unsendable } from './job-runner.ts';
import type { MemoryGauge } from './memory-gauge.ts';
import { Output } from './output.ts';
import { OwnResources } from './own-resources.ts';

/** After work, the next job is often a moment away: to look for it costs less than to be woken. */
const SPIN_MS = 0.02;
/**
 * The time between two looks while many jobs are under way. Each look takes the word that counts the jobs out of the
 * cache of the reactor's processor, which is about to count again; and it has results to go on with meanwhile.
 */
const GAP_MS = 0.004;
/** What earlier jobs left in the event loop (timers, sockets, promises) waits no longer than this. */
const LONGEST_STRETCH_MS = 5;
/** A patient reactor hears of results together, but none waits longer than this while others are made. */
const LONGEST_UNHEARD_MS = 0.1;

/** The thread's end of a channel: takes the jobs one after the other, and sleeps when there are none. */
export class WorkLoop {
  readonly #channel: Channel;
  readonly #bell: MessagePort;
  readonly #values: MessagePort;
  readonly #inMemory: SlotValues;
  readonly #runner: JobRunner;
  readonly #jobs: CurrentJobs;
  readonly #hasWork: () => boolean;
  readonly #concurrency: number;
  /** Only where a thread has one job at a time can it be told what that takes. */
  readonly #cpu: CpuGauge | undefined;
  /** Where the pool wants to know how much memory its threads use. */
  gauge: MemoryGauge | undefined;
  readonly #resources: OwnResources;
  readonly #began = new Float64Array(SLOTS);
  readonly #lookout = new Lookout();
  #running = 0;
  #working = false;
  /** Whether the last job was one of many that are under way. */
  #isOneOfMany = false;
  /** The time at the last look at the clock, and when the event loop last had its turn. */
  #now = 0;
  #turn = 0;
  /** Whether no job has begun since. */
  #isFresh = true;
  /** Since when there are results that the reactor may not have heard of; 0 where there are none. */
  #unheardSince = 0;
  /** A job that has been taken out of the queue, and waits for the event loop's turn. */
  #next = -1;
  #comesBack = false;

  /**
   * @param concurrency how many jobs may be on their way at a time
   */
  constructor(channel: Channel, bell: MessagePort, values: MessagePort, concurrency: number) {
    this.#channel = channel;
    this.#concurrency = concurrency;
    this.#cpu = concurrency === 1 ? new CpuGauge() : undefined;
    this.#bell = bell;
    this.#values = values;
    this.#inMemory = new SlotValues(channel);
    this.#resources = new OwnResources(
      bell,
      () => this.#running === 0 && !this.#hasWork(),
      (ask) => tell(bell, ask),
    );
    this.#hasWork = () => this.#next >= 0 || !channel.submissions.isEmpty();
    const line = new BellLine(bell, channel.calls);
    const output = new Output();
    const jobs = new CurrentJobs((slot) => channel.demandFor(slot), line);
    this.#jobs = jobs;
    // With several on their way, nothing but async context tells which one runs.
    if (concurrency > 1) jobs.followJobs();
    this.#runner = new JobRunner(
      {
        loading: (slot) => this.#noteBegin(slot, false),
        loaded: (slot) => this.#beginsAnew(slot),
        isReady: () => output.onItsWay(),
        value: (slot, value) => this.#succeed(slot, value),
        failed: (slot, outcome, error) => {
          // What was never loaded has not run.
          if (outcome === 'unloadable') this.#beginsAnew(slot);
          this.#fail(slot, outcome, error);
        },
      },
      (slot, f, receiver, args) => jobs.call(slot, f, receiver, args),
      jobs.reactor,
    );
  }

  /** Begins with what has been submitted already. */
  start(): void {
    this.#bell.on('message', (message: BellMessage) => {
      if (message === 'cancelled') this.#jobs.look();
      else if (typeof message === 'object') itemsWereTaken(message as MoreItems);
      else if (typeof message === 'number') this.#resources.tellWhenGone(message);
      else this.#look();
    });
    tell(this.#bell, 'ready');
    this.#look();
  }

  readonly #look = (): void => {
    this.#comesBack = false;
    this.#now = now();
    this.#turn = this.#now;
    this.#isFresh = true;
    this.#work();
  };

  #work(): void {
    this.#working = true;
    while (this.#running < this.#concurrency) {
      if (this.#next < 0) this.#next = this.#channel.submissions.take();
      const slot = this.#next;
      if (slot >= 0) {
        if (this.#needsTurn(slot)) {
          this.#comeBack(this.#look);
          break;
        }
        this.#next = -1;
        // While others wait, time has passed that nobody has looked at.
        if (this.#running > 0) this.#now = now();
        this.#take(slot);
      } else if (this.#running > 0 || !this.#spin()) {
        // A turn of the event loop comes before the sleep: what the jobs left behind is not to sleep with it.
        this.#comeBack(this.#sleep);
        break;
      }
    }
    this.#working = false;
    if (this.#unheardSince > 0) this.#ring();
  }

  #ring(): void {
    this.#unheardSince = 0;
    if (this.#channel.reactorBell.ring() === 'message') this.#wakeReactor();
  }

  /** On a processor of its own or not: it may go on at once, and the next job has not begun when this one's end was told. */
  #wakeReactor(): void {
    tell(this.#bell, 'ring');
    this.#now = now();
  }

  /** Whether there will be another result in a moment, so that the reactor may hear of both together. */
  #isFollowed(): boolean {
    if (this.#unheardSince === 0) this.#unheardSince = this.#now;
    return this.#working && this.#now - this.#unheardSince < LONGEST_UNHEARD_MS && this.#hasWork();
  }

  /**
   * Whether the event loop must have its turn before this job begins. A job that will be on its way while the
   * loop turns could die of what earlier ones have left there; one that only computes cannot.
   */
  #needsTurn(slot: number): boolean {
    if (this.#isFresh) return false;
    return this.#now - this.#turn > LONGEST_STRETCH_MS || this.#runner.mayWait(this.#channel.functionId(slot));
  }

  #comeBack(then: () => void): void {
    if (this.#comesBack) return;
    this.#comesBack = true;
    setImmediate(then);
  }

  #spin(): boolean {
    if (!this.#lookout.pays()) return false;
    const until = this.#now + SPIN_MS;
    let hasWork: boolean;
    do {
      if (this.#isOneOfMany) this.#leaveAlone();
      hasWork = this.#hasWork();
      this.#now = now();
    } while (!hasWork && this.#now < until);
    // Work that came when the processor had been taken away meanwhile was not worth to look for.
    if (hasWork && this.#now < until) this.#lookout.found();
    else this.#lookout.missed();
    return hasWork;
  }

  #leaveAlone(): void {
    const until = now() + GAP_MS;
    while (now() < until);
  }

  // While as many jobs as may be are on their way in the event loop (promises), their end leads back to the work.
  readonly #sleep = (): void => {
    this.#comesBack = false;
    if (this.#running >= this.#concurrency) return;
    const { threadBell } = this.#channel;
    const mustLook =
      this.#running === 0 ? threadBell.park(this.#hasWork, LONGEST_STRETCH_MS) : threadBell.sleepInLoop(this.#hasWork);
    if (mustLook) this.#look();
  };

  #take(slot: number): void {
    const channel = this.#channel;
    this.#isFresh = false;
    this.#isOneOfMany = channel.isOneOfMany(slot);
    const isInline = channel.form(slot) !== Form.message;
    const message = isInline ? undefined : this.#receive();
    this.#running++;
    this.#cpu?.begins(channel.functionId(slot));
    this.#noteBegin(slot, isInline || this.#runner.hasLoaded(channel.functionId(slot)));
    if (!channel.change(slot, SlotState.sent, SlotState.begun)) return this.#conclude(slot, 'withdrawn', Form.inline);
    this.#resources.forget();
    const functionId = channel.functionId(slot);
    if (isInline) return this.#runInline(slot, functionId);
    if (message instanceof UnclonableError) return this.#fail(slot, 'unreadable', message);
    return this.#runner.runMessage(slot, functionId, message as JobMessage);
  }

  /** The run time begins when all that had to be loaded has been. */
  #beginsAnew(slot: number): void {
    this.#now = now();
    this.#noteBegin(slot, true);
  }

  #noteBegin(slot: number, isLoaded: boolean): void {
    this.#began[slot] = this.#now;
    this.#channel.noteBegin(slot, isLoaded ? this.#now : -this.#now);
  }

  #runInline(slot: number, functionId: number): void {
    const form = this.#channel.form(slot);
    const isPair = form >= PAIR;
    const values = this.#inMemory.read(slot, isPair ? form - PAIR : form) as unknown[];
    if (!isPair) return this.#runner.runInline(slot, functionId, values, []);
    const [args, captured] = values as [unknown[], unknown[]];
    return this.#runner.runInline(slot, functionId, args, captured);
  }

  #receive(): JobMessage | UnclonableError {
    try {
      return receiveMessageOnPort(this.#values)?.message as JobMessage;
    } catch (error) {
      return new UnclonableError(`The arguments could not be read in the thread: ${whyNotSent(error)}`, {
        cause: error,
      });
    }
  }

  /** @throws UnclonableError, CodecError and others where the value cannot be sent */
  #succeed(slot: number, value: unknown): void {
    const form = this.#inMemory.write(value, slot);
    if (form === Form.message) this.#post(slot, 'value', pack(value, 'result'));
    else this.#conclude(slot, 'value', form);
  }

  #fail(slot: number, outcome: SlotOutcome, error: unknown): void {
    try {
      this.#post(slot, outcome, packThrown(error));
    } catch (unsent) {
      this.#post(slot, outcome, packThrown(unsendable(unsent)));
    }
  }

  #post(slot: number, outcome: SlotOutcome, { payload, transfer }: Parcel): void {
    this.#values.postMessage(payload, transfer);
    this.#conclude(slot, outcome, Form.message);
  }

  #conclude(slot: number, outcome: SlotOutcome, form: number): void {
    this.#jobs.end(slot);
    this.#runner.hasEnded(slot);
    this.#now = now();
    this.gauge?.look(this.#now);
    const microseconds = (this.#now - (this.#began[slot] as number)) * 1000;
    const cpu = this.#cpu?.ends(this.#channel.functionId(slot), microseconds) ?? -1;
    this.#channel.conclude(slot, OUTCOMES.indexOf(outcome), form, microseconds, cpu);
    this.#channel.completions.put(slot);
    if (!this.#isFollowed()) this.#ring();
    else if (this.#channel.reactorBell.ring(true) === 'message') this.#wakeReactor();
    this.#running--;
    // A job that ended in the event loop, as promises do: nobody else goes on with the next one.
    if (!this.#working) this.#work();
  }
}
