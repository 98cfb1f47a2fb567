const WIDTH = 40;

/** A bar on a terminal; where the output goes elsewhere, a line for each quarter. */
export class ProgressBar {
  readonly #isTerminal = process.stdout.isTTY === true;
  #quarters = 0;

  /** @param part from 0 to 1 */
  show(part: number): void {
    const percent = `${Math.floor(part * 100)} %`;
    if (this.#isTerminal) {
      const filled = Math.round(part * WIDTH);
      process.stdout.write(
        `\r[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${percent}${part === 1 ? '\n' : ''}`,
      );
    } else if (Math.floor(part * 4) > this.#quarters) {
      this.#quarters = Math.floor(part * 4);
      console.log(`imported ${percent}`);
    }
  }
}
