import type { Profiler } from 'node:inspector';
import type { BlockedLoop } from 'heddle/watchdog';
import { type Assessment, assess, withoutLoading } from './block-assessment.ts';
import type { HeldUp } from '../judge/messages.ts';
import { isDebuggerAttached } from '../judge/debugger-attached.ts';
import { type ProfiledFunction, type Sampled, sampledBetween } from './call-tree.ts';
import { type Gap, LoopTurns, monotonic } from './loop-turns.ts';
import { isOwnScript } from './own-script.ts';
import { ProfileWindows } from './profile-windows.ts';
import { RecordFile } from './record-file.ts';
import { type BlockRecord, placeKey, type RecorderSettings } from './records.ts';

/** The doctor's own code is left out of all it sees. */
const isOwn = ({ script }: ProfiledFunction): boolean => isOwnScript(script);

/** A time without a turn of the loop, and what the profiler saw in it. */
interface LateTurn {
  readonly began: number;
  readonly ended: number;
  readonly sampled: Sampled;
  /** For how long the program can have run in it, by what is known here. */
  readonly ran: number;
  /** Whether modules were loaded in it, as when a program starts. */
  readonly atStart: boolean;
  /** What was written of it; `undefined` where that was nothing. */
  record: BlockRecord | undefined;
  /** Whether it is a block, whatever the watch says. */
  isCertain: boolean;
  /** What the watch saw in it, as far as that lies in it. */
  readonly seen: { readonly block: BlockedLoop; readonly began: number; readonly duration: number }[];
  /** The key of the place that has been told of. */
  told: string | undefined;
}

const NOTHING: Sampled = { stacks: [], busy: 0, proven: 0, idle: 0, garbageCollection: 0 };
/** How long the watch of the loop may take to say what it saw, in milliseconds. */
const WATCH_MS = 2000;
/** What proves a block without the watch: so much of the time in one function, for so many times the threshold. */
const CERTAIN_SHARE = 0.8;
const CERTAIN_FACTOR = 2;
/** How many times as long the program's own code may take while the program starts. */
const START_FACTOR = 4;
/** Programs load their modules by then. */
const START_MS = 10_000;

/** Told of each block that has a place, when all is known of it. */
export type OnBlock = (block: Pick<BlockedLoop, 'began' | 'duration'> & Assessment) => void;

export interface RecorderOptions extends RecorderSettings {
  /** Called at every turn of the loop that is looked at. */
  readonly onTurn?: () => void;
  readonly onBlock?: OnBlock;
  /** When the doctor itself held up the program, on the scale of `Date.now()`. */
  readonly heldUp?: () => readonly HeldUp[];
  /** How many connections to the process's inspector are the doctor's. */
  readonly ownConnections?: number;
}

/**
 * What runs in each process of the program: writes down when the loop did not turn, and why.
 *
 * There are two witnesses. The profiler knows what ran, native calls too, but not whether the process got a processor,
 * nor which line of a function made a call; the watch of the loop knows both, but sees few moments. A block is written
 * as soon as the loop turns again, and once more when the watch has been heard, or taken back where neither is certain.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #file: RecordFile;
  readonly #profile = new ProfileWindows();
  readonly #turns: LoopTurns;
  readonly #began = monotonic();
  #late: LateTurn[] = [];
  /** What the watch saw and is not seen here yet. */
  #early: BlockedLoop[] = [];
  /** The turn of the loop in which the process ended. */
  #last: Gap | undefined;
  /** When this has been at work itself. */
  #own: HeldUp[] = [];
  #blocks = 0;
  #isStopped = false;
  /** Whether there is a watch to be heard. */
  #isWatched = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#file = new RecordFile(options.folder, process.pid);
    this.#file.write({
      type: 'start',
      pid: process.pid,
      parent: process.ppid,
      node: process.version,
      command: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
      at: Date.now(),
    });
    this.#turns = new LoopTurns(
      options.threshold,
      () => options.onTurn?.(),
      (gap) => this.#work(() => this.#look(gap, this.#profile.next())),
      (longest) => this.#work(() => this.#second(longest)),
    );
  }

  get file(): RecordFile {
    return this.#file;
  }

  /** From now on, nothing is a block that the watch has not seen, unless the profiler has enough of it. */
  expectWatch(): void {
    this.#isWatched = true;
  }

  /** What the watch of the loop saw. */
  watched(block: BlockedLoop): void {
    const late = this.#late.filter(({ began, ended }) => block.began < ended && began < block.began + block.duration);
    if (late.length === 0) this.#early.push(block);
    else this.#work(() => late.forEach((each) => this.#confirm(each, block)));
  }

  /** Takes note of when the doctor was at work: in a large source that is long enough for the watch to see it. */
  #work(work: () => void): void {
    const from = Date.now();
    work();
    this.#own.push({ from, to: Date.now() });
  }

  /** The process ends: what comes now is the doctor's own. */
  end(): void {
    this.#turns.stop();
    this.#last ??= this.#turns.unfinished();
  }

  /** Writes what is known by now. Nothing is left in the process. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.end();
    const gap = this.#last as Gap;
    const profile = this.#profile.stop();
    if (gap.to - gap.from > this.#options.threshold) this.#look(gap, profile);
    this.#settle(Number.POSITIVE_INFINITY);
    this.#file.write({ type: 'end', at: Date.now() });
    this.#file.close();
  }

  #second(longest: number): void {
    this.#file.write({ type: 'delay', at: Date.now(), longest: Math.round(longest * 10) / 10 });
    // So that what the profiler holds does not grow.
    this.#profile.next();
    this.#settle(Date.now() - WATCH_MS);
  }

  #look({ from, to, starved, isFirst }: Gap, profile: Profiler.Profile | undefined): void {
    const all = profile === undefined ? NOTHING : sampledBetween(profile, from, to, isOwn);
    const isStarting = isFirst || from - this.#began < START_MS;
    const sampled = isStarting ? withoutLoading(all, isFirst) : all;
    const atStart = isStarting && sampled !== all;
    // Where the whole process was stopped, the profiler was too.
    const duration = atStart ? sampled.busy : Math.min(to - from - all.idle, sampled.busy);
    const ended = Date.now() - (monotonic() - to);
    const assessment = assess(sampled);
    const ran = Math.min(to - from - all.idle - (starved ?? 0), sampled.busy);
    // A thread without a processor is not looked at, so that many looks prove as much.
    const proven = starved === undefined ? sampled.proven : ran;
    const isCertain = atStart || (this.#isProven(proven, assessment) && !this.#isDebugged());
    const late: LateTurn = {
      began: ended - (to - from),
      ended,
      sampled,
      ran,
      atStart,
      record: undefined,
      isCertain,
      seen: [],
      told: undefined,
    };
    this.#late.push(late);
    const allowed = this.#options.threshold * (atStart ? START_FACTOR : 1);
    if (duration > allowed) {
      this.#write(late, assessment, atStart ? late.began : ended - duration, duration);
      if (atStart) this.#tell(late, assessment);
    }
    const early = this.#early.filter((block) => block.began < ended && late.began < block.began + block.duration);
    this.#early = this.#early.filter((block) => !early.includes(block));
    for (const block of early) this.#confirm(late, block);
  }

  /**
   * Whether it was one long call for sure, and not many short ones in one turn of the loop, which only the watch can
   * tell apart.
   */
  #isProven(proven: number, { share }: Assessment): boolean {
    return share >= CERTAIN_SHARE && proven * share > this.#options.threshold * CERTAIN_FACTOR;
  }

  #confirm(late: LateTurn, block: BlockedLoop): void {
    // While modules are loaded, one look at the stack proves nothing; and what the doctor itself did is not the program's.
    if (late.atStart || (late.sampled !== NOTHING && late.ran < this.#options.threshold)) return;
    // Two blocks with nothing but this one's own work between them are one to the watch.
    const began = Math.max(block.began, late.began);
    const ended = Math.min(block.began + block.duration, late.ended);
    const duration = ended - began - during(this.#own, began, ended);
    if (duration < this.#options.threshold) return;
    late.isCertain = true;
    // The watch may see the loop turn where this has not: none of its blocks takes the place of another.
    late.seen.push({ block, began, duration });
    const longest = late.seen.reduce((most, each) => (each.duration > most.duration ? each : most));
    const assessment = assess(late.sampled, longest.block);
    const all = late.seen.reduce((sum, each) => sum + each.duration, 0);
    this.#write(late, assessment, Math.min(...late.seen.map((each) => each.began)), all);
    this.#tell(late, assessment);
  }

  #write(late: LateTurn, { kind, place, stack, tree }: Assessment, began: number, duration: number): void {
    const id = late.record?.id ?? ++this.#blocks;
    const { atStart } = late;
    late.record = {
      type: 'block',
      id,
      began,
      duration: Math.round(duration * 10) / 10,
      kind,
      atStart,
      place,
      stack,
      tree,
    };
    this.#file.write(late.record);
  }

  #tell(late: LateTurn, assessment: Assessment): void {
    const { record, told } = late;
    const key = record?.place && placeKey(record.place);
    // What is heard later may lead to another place.
    if (record === undefined || key === undefined || key === told) return;
    late.told = key;
    this.#options.onBlock?.({ began: record.began, duration: record.duration, ...assessment });
  }

  /** Whoever debugs the program may hold it where it is; the watch knows when. */
  #isDebugged(): boolean {
    return isDebuggerAttached(this.#options.ownConnections ?? 0);
  }

  /** For how long the doctor itself held up the program then. */
  #heldUpIn({ began, ended }: LateTurn): number {
    return during(this.#options.heldUp?.() ?? [], began, ended);
  }

  /** The watch will say no more of what ended before that. */
  #settle(before: number): void {
    for (const late of this.#late) {
      if (late.ended > before || late.record === undefined) continue;
      const held = this.#heldUpIn(late);
      const { id, duration } = late.record;
      if ((!late.isCertain && this.#isWatched) || duration - held <= this.#options.threshold) {
        this.#file.write({ type: 'retracted', id });
        continue;
      }
      if (held > 0) this.#file.write({ ...late.record, duration: Math.round((duration - held) * 10) / 10 });
      this.#tell(late, assess(late.sampled));
    }
    this.#late = this.#late.filter(({ ended }) => ended > before);
    // Of what is left of these, the loop turned in time.
    this.#early = this.#early.filter(({ began, duration }) => began + duration > before);
    this.#own = this.#own.filter(({ to }) => to > before);
  }
}

/** For how long of a time the doctor held up the program. */
function during(times: readonly HeldUp[], began: number, ended: number): number {
  return times.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, ended) - Math.max(from, began)), 0);
}
