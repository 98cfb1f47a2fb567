/** Bytes before each message: a word by which it is known for one, and how long it is. */
const HEADER = 8;
const WORD = 0x6c646568;

/**
 * A message as it goes through a pipe: what structured clone takes, but for what only threads of one process can
 * have together.
 *
 * Node's `v8.serialize`, and with it `serialization: 'advanced'`, would tear apart views of the same memory.
 *
 * @throws whatever stands in the way of cloning the message
 */
export function frame(message: unknown): Buffer {
  const { Serializer } = process.getBuiltinModule('node:v8');
  const serializer = new Serializer();
  // Room for the header: V8 gives the whole as one piece of memory.
  serializer.writeRawBytes(Buffer.alloc(HEADER));
  serializer.writeHeader();
  serializer.writeValue(message);
  const bytes = serializer.releaseBuffer();
  bytes.writeUInt32LE(WORD);
  bytes.writeUInt32LE(bytes.length - HEADER, 4);
  return bytes;
}

/** Puts together what comes out of a pipe in pieces. */
export class FrameReader {
  readonly #header = Buffer.alloc(HEADER);
  #headerBytes = 0;
  #body: Buffer | undefined;
  #bodyBytes = 0;

  /**
   * Takes what has arrived, and gives the messages that it completes.
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
        this.#body = Buffer.allocUnsafeSlow(this.#header.readUInt32LE(4));
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
      yield parse(body);
    }
  }
}

function parse(body: Buffer): unknown {
  const { Deserializer } = process.getBuiltinModule('node:v8');
  const deserializer = new Deserializer(body);
  deserializer.readHeader();
  return deserializer.readValue();
}
