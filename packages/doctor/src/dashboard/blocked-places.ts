import path from 'node:path';
import type { BlockedLoop, StackFrame } from 'heddle/watchdog';
import type { BlockedPlace, BlockMark, PlaceFrame } from './sample.ts';

const PLACES = 50;
const MARKS = 200;
const FRAMES = 30;

/** The places in the code that have blocked the loop, the worst of them, and when it was blocked last. */
export class BlockedPlaces {
  readonly #places = new Map<string, BlockedPlace>();
  readonly #marks: BlockMark[] = [];

  add(block: BlockedLoop): BlockMark {
    const mark = { at: block.began, duration: block.duration };
    this.#marks.push(mark);
    if (this.#marks.length > MARKS) this.#marks.shift();
    const key = keyOf(block);
    const known = this.#places.get(key);
    if (known === undefined && this.#places.size === PLACES) this.#dropLeast();
    const isLongest = known === undefined || block.duration >= known.longest;
    this.#places.set(key, {
      key,
      text: isLongest ? (block.culprit?.text ?? block.kind) : known.text,
      kind: isLongest ? block.kind : known.kind,
      count: (known?.count ?? 0) + 1,
      total: (known?.total ?? 0) + block.duration,
      longest: isLongest ? block.duration : known.longest,
      last: block.began + block.duration,
      stack: isLongest ? block.stack.slice(0, FRAMES).map(shown) : known.stack,
    });
    return mark;
  }

  /** The worst first. */
  places(): BlockedPlace[] {
    return [...this.#places.values()].sort((a, b) => b.total - a.total);
  }

  /** The oldest first. */
  marks(): BlockMark[] {
    return [...this.#marks];
  }

  #dropLeast(): void {
    const least = this.places().at(-1);
    if (least !== undefined) this.#places.delete(least.key);
  }
}

/**
 * A function that blocks the loop is one place, wherever in it the watch meets it, as the watch itself counts; what is
 * only told by its line, a function without a name or one that timers call, is told by that.
 */
function keyOf({ culprit, kind, stack }: BlockedLoop): string {
  const frame = culprit?.frame ?? stack[0];
  if (frame === undefined) return kind;
  const { file, line, functionName } = frame;
  const isNamed = functionName !== '' && !/^_on(?:Timeout|Immediate)$/.test(functionName);
  return JSON.stringify([file, isNamed ? functionName : line, culprit?.call, culprit === undefined ? kind : undefined]);
}

function shown({ functionName, file, line, column, origin }: StackFrame): PlaceFrame {
  return { functionName, file: withinProgram(file), line, column, origin };
}

function withinProgram(file: string): string {
  const relative = path.relative(process.cwd(), file);
  const isWithin = path.isAbsolute(file) && !relative.startsWith('..') && !path.isAbsolute(relative);
  return isWithin ? relative : file;
}
