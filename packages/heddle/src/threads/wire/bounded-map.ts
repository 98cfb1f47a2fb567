/** A Map that forgets what it got first, for what can be had again and may come without end. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #most: number;

  /** @param most how many keys it has at most */
  constructor(most: number) {
    super();
    this.#most = most;
  }

  override set(key: K, value: V): this {
    super.set(key, value);
    if (this.size <= this.#most) return this;
    for (const first of this.keys()) {
      this.delete(first);
      break;
    }
    return this;
  }
}
