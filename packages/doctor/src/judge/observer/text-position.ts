/** A place in a text; both count from 0. */
export interface TextPosition {
  readonly lineNumber: number;
  readonly columnNumber?: number | undefined;
}

/** Leads offsets of a text to lines and columns, and back. */
export class TextPositions {
  readonly #starts: readonly number[];

  constructor(text: string) {
    const starts = [0];
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
    this.#starts = starts;
  }

  offsetOf({ lineNumber, columnNumber = 0 }: TextPosition): number {
    return (this.#starts[lineNumber] ?? this.#starts.at(-1) ?? 0) + columnNumber;
  }

  at(offset: number): Required<TextPosition> & { readonly columnNumber: number } {
    const lineNumber = this.#starts.findLastIndex((start) => start <= offset);
    return { lineNumber, columnNumber: offset - (this.#starts[lineNumber] ?? 0) };
  }
}
