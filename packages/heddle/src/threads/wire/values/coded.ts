import type { CodecAddress } from './codec.ts';

/** An instance on its way: its data, and the object that stands for it in the value. */
export interface CodedInstance {
  /** What the value holds in its place, every time it holds the instance. */
  readonly standIn: object;
  /** Which of the payload's codecs made the data. */
  readonly codec: number;
  readonly data: unknown;
  /** The stack of an error, which travels whatever the codec says. */
  readonly stack?: string | undefined;
  /** What arrives where the instance cannot be made: only for what was thrown, which must arrive. */
  readonly instead?: unknown;
}

/** All instances with a codec in a payload. */
export interface CodedInstances {
  readonly codecs: readonly CodecAddress[];
  /** In an order in which they can be decoded: what an instance is made of comes before it. */
  readonly instances: readonly CodedInstance[];
}
