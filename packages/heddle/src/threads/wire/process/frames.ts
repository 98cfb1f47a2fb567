import type { Deserializer, Serializer } from 'node:v8';

/** Bytes before each message: a word by which it is known for one, how long it is, and what it is about: two words. */
const HEADER = 16;
const WORD = 0x6c646568;
/** Node writes no more to a file in one go, and what claims to be longer is none of our messages. */
const LONGEST = 2 ** 31 - 1;

// As they were when this was loaded, or needed first: a job may replace them, as mocks do.
const { alloc, allocUnsafeSlow } = Buffer;
let v8: { readonly Serializer: typeof Serializer; readonly Deserializer: typeof Deserializer } | undefined;

function serialization(): NonNullable<typeof v8> {
  if (v8 === undefined) {
    const { Serializer, Deserializer } = process.getBuiltinModule('node:v8');
    v8 = { Serializer, Deserializer };
  }
  return v8;
}

/** What a message is about, for who cannot read it: a job or its result, by its number; a call or its answer likewise. */
export type Subject = 'job' | 'result' | 'call' | 'answer';
const SUBJECTS: readonly (Subject | undefined)[] = [undefined, 'job', 'result', 'call', 'answer'];

/**
 * A message that has arrived whole and cannot be read: what V8 writes on one side may be too deep for the other. Who gets
 * it answers in its place.
 */
export class UnreadableMessage {
  readonly subject: Subject | undefined;
  readonly number: number;
  readonly error: unknown;

  constructor(subject: Subject | undefined, number: number, error: unknown) {
    this.subject = subject;
    this.number = number;
    this.error = error;
  }
}

/**
 * A message as it goes through a pipe: what structured clone takes, but for what only threads of one process can
 * have together.
 *
 * Node's `v8.serialize`, and with it `serialization: 'advanced'`, would tear apart views of the same memory.
 *
 * @param subject what it is about, and the number of that
 * @throws whatever stands in the way of cloning the message
 */
export function frame(message: unknown, subject?: Subject, number: number = 0): Buffer {
  const { Serializer } = serialization();
  const serializer = new Serializer();
  // Room for the header: V8 gives the whole as one piece of memory.
  serializer.writeRawBytes(alloc(HEADER));
  serializer.writeHeader();
  serializer.writeValue(message);
  const bytes = serializer.releaseBuffer();
  if (bytes.length > LONGEST) {
    throw new RangeError(
      `A process is sent less than 2 GiB at a time, and sends no more; these are ${bytes.length} bytes.`,
    );
  }
  bytes.writeUInt32LE(WORD);
  bytes.writeUInt32LE(bytes.length - HEADER, 4);
  bytes.writeUInt32LE(SUBJECTS.indexOf(subject), 8);
  bytes.writeUInt32LE(number % 2 ** 32, 12);
  return bytes;
}

/** Puts together what comes out of a pipe in pieces. */
export class FrameReader {
  readonly #header = alloc(HEADER);
  #headerBytes = 0;
  #body: Buffer | undefined;
  #bodyBytes = 0;

  /**
   * Takes what has arrived, and gives the messages that it completes: an {@link UnreadableMessage} for one that cannot be
   * read.
   *
   * @throws where it is none of our messages
   */
  *read(chunk: Uint8Array): Generator<unknown> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body === undefined) {
        const taken = Math.min(HEADER - this.#headerBytes, chunk.length - at);
        this.#header.set(chunk.subarray(at, at + taken), this.#headerBytes);
        at += taken;
        this.#headerBytes += taken;
        if (this.#headerBytes < HEADER) return;
        if (this.#header.readUInt32LE() !== WORD) throw new Error('What is in the pipe is no message.');
        const length = this.#header.readUInt32LE(4);
        if (length > LONGEST - HEADER) throw new Error('What is in the pipe is no message: it is too long for one.');
        this.#body = allocUnsafeSlow(length);
        this.#bodyBytes = 0;
      }
      const taken = Math.min(this.#body.length - this.#bodyBytes, chunk.length - at);
      this.#body.set(chunk.subarray(at, at + taken), this.#bodyBytes);
      at += taken;
      this.#bodyBytes += taken;
      if (this.#bodyBytes < this.#body.length) return;
      const body = this.#body;
      this.#body = undefined;
      this.#headerBytes = 0;
      yield this.#message(body);
    }
  }

  #message(body: Buffer): unknown {
    try {
      return parse(body);
    } catch (error) {
      return new UnreadableMessage(SUBJECTS[this.#header.readUInt32LE(8)], this.#header.readUInt32LE(12), error);
    }
  }
}

function parse(body: Buffer): unknown {
  const { Deserializer } = serialization();
  const deserializer = new Deserializer(body);
  deserializer.readHeader();
  return deserializer.readValue();
}
