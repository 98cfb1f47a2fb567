import { CallCount } from './call-count.ts';
import { Doorbell } from './doorbell.ts';
import type { JobDemand } from '../job-demand.ts';
import { SlotQueue } from './slot-queue.ts';

/** How many jobs a thread can have been given at a time. */
export const SLOTS = 128;

/** The words of a cache line: what the two sides write stands in lines of its own. */
const LINE = 16;

const THREAD_BELL = 0;
const REACTOR_BELL = LINE;
const SUBMITTED = 2 * LINE;
const COMPLETED = 3 * LINE;
const MEMORY = COMPLETED + 8;
const CALLS = 4 * LINE;
const ANSWERS = 5 * LINE;
const SUBMISSIONS = 6 * LINE;
const COMPLETIONS = SUBMISSIONS + SLOTS;
const FIRST_SLOT = COMPLETIONS + SLOTS;

const HEADER_WORDS = 8;
const SLOT_WORDS = 128;
const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;
const FIRST_ANNEX = FIRST_SLOT + SLOTS * SLOT_WORDS;

/** The bytes of a slot in which a small value travels. */
export const INLINE_BYTES: number = (SLOT_WORDS - HEADER_WORDS) * WORD_BYTES;

/** The bytes of a slot's annex, for a longer text. Memory that nobody has written to costs nothing. */
export const ANNEX_BYTES: number = 16 * 1024;
/** One more line: with a power of two between them, all annexes would begin in the same place of the processor's cache. */
const ANNEX_WORDS = ANNEX_BYTES / WORD_BYTES + LINE;

// The words of a slot's header.
const STATE = 0;
const FUNCTION_ID = 1;
const FORM = 2;
const OUTCOME = 3;
const MICROSECONDS = 4;
const CPU_MICROSECONDS = 5;
const BEGAN_AT = 6;

/** What has become of the job in a slot. */
export const SlotState = {
  free: 0,
  /** Sent, and nobody's yet: the thread may begin it, the reactor may take it back. */
  sent: 1,
  /** The thread has begun it. */
  begun: 2,
  /** The reactor has taken it back before it was begun. */
  withdrawn: 3,
  /** Begun, and not wanted any more. */
  cancelled: 4,
  /** The thread has done it. */
  done: 5,
  /** Begun, and no more of its items are wanted: only that it comes to its end. */
  left: 6,
} as const;

/** How the values of a slot travel. */
export const Form = {
  /** In the slot itself. */
  inline: 0,
  /** In the next message on the port beside. */
  message: 1,
  /** In the slot's annex. */
  annex: 2,
} as const;

/** Is added to the form of arguments that travel with captured values, as a pair. */
export const PAIR = 4;
/** Is added to it as well where the job is one of many that are under way. */
const ONE_OF_MANY = 8;

/** How a job ended, as a slot says it. */
export const OUTCOMES = ['value', 'thrown', 'unloadable', 'unreadable', 'withdrawn'] as const;
export type SlotOutcome = (typeof OUTCOMES)[number];

/**
 * The memory that the reactor shares with one thread: slots for jobs, and a queue of slot numbers each way.
 * Both sides make one of it. The layout, and why it is sound, stand in the README of `wire`.
 */
export class Channel {
  readonly memory: SharedArrayBuffer;
  /** Rung by the reactor where the thread sleeps. */
  readonly threadBell: Doorbell;
  /** Rung by the thread where the reactor sleeps. */
  readonly reactorBell: Doorbell;
  readonly submissions: SlotQueue;
  readonly completions: SlotQueue;
  /** The thread's calls to the reactor. */
  readonly calls: CallCount;
  readonly #words: Int32Array;
  /** The same words, for durations: seven digits of them are enough, and those of weeks have room. */
  readonly #floats: Float32Array;
  readonly #doubles: Float64Array;

  /** @param memory what the other side has made; left out, it is made here */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer((FIRST_ANNEX + SLOTS * ANNEX_WORDS) * WORD_BYTES)) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
    this.#floats = new Float32Array(memory);
    this.#doubles = new Float64Array(memory);
    this.threadBell = new Doorbell(this.#words, THREAD_BELL);
    this.reactorBell = new Doorbell(this.#words, REACTOR_BELL);
    this.calls = new CallCount(this.#words, CALLS, ANSWERS);
    this.submissions = new SlotQueue(this.#words, SUBMITTED, SUBMISSIONS, SLOTS);
    this.completions = new SlotQueue(this.#words, COMPLETED, COMPLETIONS, SLOTS);
  }

  /** One without a thread, for small values only. */
  static toNobody(): Channel {
    return new Channel(new SharedArrayBuffer(FIRST_ANNEX * WORD_BYTES));
  }

  /** Makes it as it was at first, but for what lies in annexes: nobody reads that before it is written. */
  clear(): void {
    this.#words.fill(0, 0, FIRST_ANNEX);
  }

  /** Where a slot's values begin, in bytes from the start of the memory. */
  valuesAt(slot: number): number {
    return (at(slot) + HEADER_WORDS) * WORD_BYTES;
  }

  /** Where a slot's annex begins, in bytes from the start of the memory. */
  annexAt(slot: number): number {
    return (FIRST_ANNEX + slot * ANNEX_WORDS) * WORD_BYTES;
  }

  /** Fills in the header of a job that is about to be submitted. */
  describe(slot: number, functionId: number, form: number, state: number, isOneOfMany: boolean): void {
    const header = at(slot);
    this.#words[header + FUNCTION_ID] = functionId;
    this.#words[header + FORM] = isOneOfMany ? form + ONE_OF_MANY : form;
    this.#words[header + STATE] = state;
  }

  /**
   * Notes when the job has begun.
   *
   * @param time in milliseconds; negative while the function is being loaded
   */
  noteBegin(slot: number, time: number): void {
    this.#doubles[(at(slot) + BEGAN_AT) / 2] = time;
  }

  beganAt(slot: number): number {
    return this.#doubles[(at(slot) + BEGAN_AT) / 2] as number;
  }

  /** Fills in the header of a job that has ended. */
  conclude(slot: number, outcome: number, form: number, microseconds: number, cpuMicroseconds: number): void {
    const header = at(slot);
    this.#words[header + OUTCOME] = outcome;
    this.#words[header + FORM] = form;
    this.#floats[header + MICROSECONDS] = microseconds;
    this.#floats[header + CPU_MICROSECONDS] = cpuMicroseconds;
    this.#words[header + STATE] = SlotState.done;
  }

  /** Notes how many bytes the thread uses. */
  noteMemory(bytes: number): void {
    this.#doubles[MEMORY / 2] = bytes;
  }

  /** How many bytes the thread used when it looked last; 0 where it does not. */
  get threadMemory(): number {
    return this.#doubles[MEMORY / 2] as number;
  }

  functionId(slot: number): number {
    return this.#words[at(slot) + FUNCTION_ID] as number;
  }

  form(slot: number): number {
    return (this.#words[at(slot) + FORM] as number) & (ONE_OF_MANY - 1);
  }

  /** Whether the job that has been submitted in a slot is one of many that are under way. */
  isOneOfMany(slot: number): boolean {
    return (this.#words[at(slot) + FORM] as number) >= ONE_OF_MANY;
  }

  outcome(slot: number): SlotOutcome {
    return OUTCOMES[this.#words[at(slot) + OUTCOME] as number] as SlotOutcome;
  }

  /** How long the job has run. */
  microseconds(slot: number): number {
    return this.#floats[at(slot) + MICROSECONDS] as number;
  }

  /** How much processor time it has taken; negative where that was not measured. */
  cpuMicroseconds(slot: number): number {
    return this.#floats[at(slot) + CPU_MICROSECONDS] as number;
  }

  state(slot: number): number {
    return Atomics.load(this.#words, at(slot) + STATE);
  }

  /** How much of the job in a slot is wanted still. */
  demandFor(slot: number): JobDemand {
    const state = this.state(slot);
    if (state === SlotState.cancelled) return 'none';
    return state === SlotState.left ? 'end' : 'all';
  }

  /** Brings a slot from one state into another, unless the other side was quicker. */
  change(slot: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#words, at(slot) + STATE, from, to) === from;
  }
}

function at(slot: number): number {
  return FIRST_SLOT + slot * SLOT_WORDS;
}
