import type { Profiler } from 'node:inspector';
import type { BlockedLoop } from 'heddle/watchdog';
import { assess, withoutLoading } from './block-assessment.ts';
import { type ProfiledFunction, type Sampled, sampledBetween } from './call-tree.ts';
import { type Gap, LoopTurns, monotonic } from './loop-turns.ts';
import { ProfileWindows } from './profile-windows.ts';
import { RecordFile } from './record-file.ts';
import type { BlockRecord, RecorderSettings } from './records.ts';

/** Where this runs: the doctor's own code is left out of all it sees. */
const ownFolder = __dirname;
const isOwn = ({ script }: ProfiledFunction): boolean => script.includes(ownFolder);

/** A block that was seen, kept for what the watch of the loop will say of it. */
interface Seen {
  readonly record: BlockRecord;
  readonly sampled: Sampled;
}

/** How many blocks the watch may be behind. */
const KEPT = 16;
/** What share of a block the profiler must have seen something run. */
const PROOF = 0.5;
/** How many times as long the program's own code may take before the loop turns for the first time. */
const START_FACTOR = 4;

/** What runs in each process of the program: writes down when the loop did not turn, and why. */
export class Recorder {
  readonly #settings: RecorderSettings;
  readonly #file: RecordFile;
  readonly #profile = new ProfileWindows();
  readonly #turns: LoopTurns;
  readonly #seen: Seen[] = [];
  #blocks = 0;
  #isStopped = false;

  /** @param onTurn at every turn of the loop that is looked at */
  constructor(settings: RecorderSettings, onTurn: () => void = () => {}) {
    this.#settings = settings;
    this.#file = new RecordFile(settings.folder, process.pid);
    this.#file.write({
      type: 'start',
      pid: process.pid,
      parent: process.ppid,
      node: process.version,
      command: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
      at: Date.now(),
    });
    this.#turns = new LoopTurns(
      settings.threshold,
      onTurn,
      (gap) => this.#look(gap, this.#profile.next()),
      (longest) => this.#second(longest),
    );
  }

  /** The records' file. */
  get file(): string {
    return this.#file.file;
  }

  /** What the watch of the loop saw. It comes later than what is seen here. */
  watched(block: BlockedLoop): void {
    if (this.#isStopped) return;
    const seen = this.#seen.findLast(
      ({ record: { began, duration } }) => block.began < began + duration && began < block.began + block.duration,
    );
    // While modules were loaded, one look at the stack proves nothing.
    if (seen === undefined || seen.record.atStart) return;
    const { kind, place, stack, tree } = assess(seen.sampled, block);
    this.#file.write({ ...seen.record, kind, place, stack, tree });
  }

  /** Writes what is known by now. Nothing is left in the process. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#turns.stop();
    const gap = this.#turns.unfinished();
    const profile = this.#profile.stop();
    if (gap.to - gap.from > this.#settings.threshold) this.#look(gap, profile);
    this.#file.write({ type: 'end', at: Date.now() });
    this.#file.close();
  }

  #second(longest: number): void {
    this.#file.write({ type: 'delay', at: Date.now(), longest: Math.round(longest * 10) / 10 });
    // So that what the profiler holds does not grow.
    this.#profile.next();
  }

  #look({ from, to, isFirst }: Gap, profile: Profiler.Profile | undefined): void {
    if (profile === undefined) return;
    const all = sampledBetween(profile, from, to, isOwn);
    const sampled = isFirst ? withoutLoading(all) : all;
    const duration = isFirst ? sampled.busy : to - from - all.idle;
    // Where the whole process was stopped, the profiler was too.
    const allowed = this.#settings.threshold * (isFirst ? START_FACTOR : 1);
    if (duration <= allowed || sampled.busy < duration * PROOF) return;
    const now = Date.now() - (monotonic() - to);
    this.#blocks += 1;
    const { kind, place, stack, tree } = assess(sampled);
    const record: BlockRecord = {
      type: 'block',
      id: this.#blocks,
      began: now - (isFirst ? to - from : duration),
      duration: Math.round(duration * 10) / 10,
      kind,
      atStart: isFirst,
      place,
      stack,
      tree,
    };
    this.#file.write(record);
    this.#seen.push({ record, sampled });
    if (this.#seen.length > KEPT) this.#seen.shift();
  }
}
