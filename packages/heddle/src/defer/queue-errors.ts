/** Thrown by {@link DeferredQueue.put} when the queue is full. */
export class QueueOverflow extends Error {
  override readonly name: string = 'QueueOverflow';
  readonly code: 'HEDDLE_QUEUE_OVERFLOW' = 'HEDDLE_QUEUE_OVERFLOW';

  constructor(size: number) {
    super(
      `The queue is full: it holds ${size} items. Put more when some have been taken, or make it with a larger size.`,
    );
  }
}

/** Thrown by {@link DeferredQueue.get} when as many wait for an item as may. */
export class QueueUnderflow extends Error {
  override readonly name: string = 'QueueUnderflow';
  readonly code: 'HEDDLE_QUEUE_UNDERFLOW' = 'HEDDLE_QUEUE_UNDERFLOW';

  constructor(backlog: number) {
    super(
      `The queue is empty and ${backlog} already wait for an item, which is its backlog. Make it with a larger one.`,
    );
  }
}
