/** A place in a {@link WaitingLine}; whoever holds it can leave the line. */
export interface Place<T> {
  readonly item: T;
  ahead: Place<T> | undefined;
  behind: Place<T> | undefined;
}

/**
 * First come, first served, where anyone may leave from the middle: every
 * operation takes the same short time, however long the line is.
 */
export class WaitingLine<T> {
  #first: Place<T> | undefined = undefined;
  #last: Place<T> | undefined = undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The item at the front. */
  get first(): T | undefined {
    return this.#first?.item;
  }

  /** The item at the end. */
  get last(): T | undefined {
    return this.#last?.item;
  }

  /** Adds `item` at the end. */
  push(item: T): Place<T> {
    const place: Place<T> = { item, ahead: this.#last, behind: undefined };
    if (this.#last === undefined) this.#first = place;
    else this.#last.behind = place;
    this.#last = place;
    this.#length++;
    return place;
  }

  /** Takes the place at the front out of the line. */
  shift(): Place<T> | undefined {
    const place = this.#first;
    if (place !== undefined) this.remove(place);
    return place;
  }

  /** Takes a place out of the line. It must be in this line still. */
  remove(place: Place<T>): void {
    if (place.ahead === undefined) this.#first = place.behind;
    else place.ahead.behind = place.behind;
    if (place.behind === undefined) this.#last = place.ahead;
    else place.behind.ahead = place.ahead;
    place.ahead = undefined;
    place.behind = undefined;
    this.#length--;
  }
}
