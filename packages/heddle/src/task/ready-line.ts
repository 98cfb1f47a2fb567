/** Of so many steps, at least one goes to the task that has waited longest, whatever its priority. */
const AGE_HAS_ITS_TURN = 8;

/** What can wait in a {@link ReadyLine}. The line keeps its links in it, so that a turn makes no garbage. */
export interface Waiting<W> {
  readonly priority: number;
  /** The ring it is in, if any. */
  ring: Ring<W> | undefined;
  after: W;
  before: W;
  /** The number of the turn that it had last, or in which it came. */
  lastTurn: number;
}

interface Ring<W> {
  readonly priority: number;
  /** Whose turn it is. */
  current: W;
}

/**
 * Who has the next turn: those of the highest priority go round, and of eight
 * turns one is for the one that has waited longest, so that nobody starves.
 */
export class ReadyLine<W extends Waiting<W>> {
  /** By falling priority. Mostly there is one. */
  readonly #rings: Ring<W>[] = [];
  #size = 0;
  #turn = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds one at the end of those of its priority. */
  add(waiting: W): void {
    waiting.lastTurn = this.#turn;
    this.#size++;
    const ring = this.#rings.find(({ priority }) => priority === waiting.priority);
    if (ring === undefined) {
      waiting.after = waiting;
      waiting.before = waiting;
      this.#addRing({ priority: waiting.priority, current: waiting }, waiting);
      return;
    }
    const { current } = ring;
    waiting.ring = ring;
    waiting.after = current;
    waiting.before = current.before;
    current.before.after = waiting;
    current.before = waiting;
  }

  /** Takes one out, if it is in the line. */
  remove(waiting: W): void {
    const { ring } = waiting;
    if (ring === undefined) return;
    this.#size--;
    waiting.ring = undefined;
    if (waiting.after === waiting) {
      this.#rings.splice(this.#rings.indexOf(ring), 1);
      return;
    }
    waiting.before.after = waiting.after;
    waiting.after.before = waiting.before;
    if (ring.current === waiting) ring.current = waiting.after;
  }

  /** Whose turn it is. The one that has it keeps its place until {@link served}. */
  next(): W | undefined {
    const ring = this.#rings.length > 1 ? this.#choose() : this.#rings[0];
    if (ring === undefined) return undefined;
    ring.current.lastTurn = ++this.#turn;
    return ring.current;
  }

  /** It has had its turn, and goes to the end of those of its priority, if it is in the line still. */
  served(waiting: W): void {
    // One that has left the line and come back is at the end already.
    if (waiting.ring?.current === waiting) waiting.ring.current = waiting.after;
  }

  #choose(): Ring<W> | undefined {
    const [first] = this.#rings;
    if ((this.#turn + 1) % AGE_HAS_ITS_TURN !== 0) return first;
    return this.#rings.reduce((oldest, ring) => (ring.current.lastTurn < oldest.current.lastTurn ? ring : oldest));
  }

  #addRing(ring: Ring<W>, first: W): void {
    first.ring = ring;
    const behind = this.#rings.findIndex(({ priority }) => priority < ring.priority);
    this.#rings.splice(behind === -1 ? this.#rings.length : behind, 0, ring);
  }
}
