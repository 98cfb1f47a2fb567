/** What a person can want. */
export type Key = 'up' | 'down' | 'cancel' | 'yes' | 'no' | 'quit' | 'suspend';

const keys: Readonly<Record<string, Key>> = {
  '\x1b[A': 'up',
  '\x1bOA': 'up',
  k: 'up',
  '\x1b[B': 'down',
  '\x1bOB': 'down',
  j: 'down',
  c: 'cancel',
  y: 'yes',
  n: 'no',
  '\x1b': 'no',
  q: 'quit',
  '\x03': 'quit',
  '\x04': 'quit',
  '\x1a': 'suspend',
};

const ESCAPE = '\x1b';
/** One key: what begins with an escape character is one as a whole. */
const SEQUENCE = new RegExp(`${ESCAPE}[[O][0-9;]*[A-Za-z~]|[^]`, 'g');

/** What a keyboard needs of the terminal. */
export type Keys = Pick<NodeJS.ReadStream, 'on' | 'off' | 'resume' | 'pause' | 'isTTY' | 'isRaw'> &
  Partial<Pick<NodeJS.ReadStream, 'setRawMode' | 'unref' | 'ref'>>;

/** Single keys, without Enter. */
export class Keyboard {
  readonly #input: Keys;
  readonly #hear: (chunk: Buffer) => void;

  constructor(input: Keys, pressed: (key: Key) => void) {
    this.#input = input;
    this.#hear = (chunk) => {
      for (const [sequence] of chunk.toString().matchAll(SEQUENCE)) {
        const key = Object.hasOwn(keys, sequence) ? keys[sequence] : undefined;
        if (key !== undefined) pressed(key);
      }
    };
  }

  open(): void {
    this.#input.setRawMode?.(true);
    this.#input.on('data', this.#hear);
    this.#input.resume();
  }

  close(): void {
    this.#input.off('data', this.#hear);
    this.#input.setRawMode?.(false);
    this.#input.pause();
  }
}
