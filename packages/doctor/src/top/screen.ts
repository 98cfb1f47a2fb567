import type { Size } from './render.ts';
import { type Line, type Paint, paintLine } from './text.ts';

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[2J';
const LEAVE = '\x1b[?25h\x1b[?1049l';
/** Terminals that know these show what is between them at once. */
const BEGIN_FRAME = '\x1b[?2026h';
const END_FRAME = '\x1b[?2026l';
const REST_OF_LINE = '\x1b[K';

/** What a screen needs of the terminal. */
export type Terminal = Pick<NodeJS.WriteStream, 'write' | 'on' | 'off'> &
  Partial<Pick<NodeJS.WriteStream, 'columns' | 'rows'>>;

/** The whole terminal, for as long as it is needed; what was on it comes back. Only lines that have changed are written. */
export class Screen {
  readonly #terminal: Terminal;
  readonly #paint: Paint;
  readonly #resized: () => void;
  #shown: string[] = [];
  #isOpen = false;

  /** @param resized is called when the terminal has another size, to draw anew */
  constructor(terminal: Terminal, paint: Paint, resized: () => void) {
    this.#terminal = terminal;
    this.#paint = paint;
    this.#resized = () => {
      this.#shown = [];
      this.#terminal.write('\x1b[2J');
      resized();
    };
  }

  get size(): Size {
    return { columns: this.#terminal.columns || 80, rows: this.#terminal.rows || 24 };
  }

  enter(): void {
    this.#isOpen = true;
    this.#shown = [];
    this.#terminal.write(ENTER);
    this.#terminal.on('resize', this.#resized);
  }

  leave(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#terminal.off('resize', this.#resized);
    this.#terminal.write(LEAVE);
  }

  draw(lines: readonly Line[]): void {
    if (!this.#isOpen) return;
    const { columns } = this.size;
    let changes = '';
    const painted = lines.map((line) => paintLine(line, columns, this.#paint));
    for (const [index, text] of painted.entries()) {
      if (text !== this.#shown[index]) changes += `\x1b[${index + 1};1H${text}${REST_OF_LINE}`;
    }
    this.#shown = painted;
    if (changes !== '') this.#terminal.write(`${BEGIN_FRAME}${changes}${END_FRAME}`);
  }
}
