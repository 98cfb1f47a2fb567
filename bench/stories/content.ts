// Texts as people write them: headings, paragraphs, lists, tables and much code, the same in every run.

const WORDS =
  'warp weft heddle shuttle loom thread yarn selvedge reed treadle beam bobbin pattern twill satin plain draft pick shed fabric cloth weaver colour wool linen cotton silk fibre tension sley dressing ends sectional floating'.split(
    ' ',
  );
const SMALL = 'the a of in on with and or for as to from by when while because its their each every'.split(' ');

/** Numbers in no order, the same ones for the same seed. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed * 2_654_435_761 + 1;
  }

  /** A whole number from 0 and below `sides`. */
  roll(sides: number): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state % sides;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.roll(items.length)] as Item;
  }
}

/** A Markdown text of at least `size` characters. */
export function markdown(size: number, seed = 1): string {
  const dice = new Dice(seed);
  const parts = [`# ${heading(dice)}\n`];
  let length = 0;
  while (length < size) {
    const part = section(dice);
    parts.push(part);
    length += part.length;
  }
  return parts.join('\n');
}

/** What Eleventy makes a page of. */
export function post(number: number, size: number): string {
  const day = String(1 + (number % 28)).padStart(2, '0');
  return `---\ntitle: Notes from the loom, ${number}\ndate: 2026-03-${day}\ntags: [post]\n---\n\n${markdown(size, number + 1)}`;
}

function section(dice: Dice): string {
  return [
    `${'#'.repeat(2 + dice.roll(3))} ${heading(dice)}\n`,
    ...Array.from({ length: 1 + dice.roll(3) }, () => paragraph(dice)),
    dice.pick([list, table, code, quote, code])(dice),
  ].join('\n');
}

function heading(dice: Dice): string {
  return `The ${dice.pick(WORDS)} ${dice.pick(SMALL)} ${dice.pick(WORDS)}`;
}

function sentence(dice: Dice): string {
  const words = Array.from({ length: 8 + dice.roll(14) }, (_, n) => dice.pick(n % 2 === 0 ? SMALL : WORDS));
  const at = dice.roll(words.length);
  const word = words[at] as string;
  words[at] = dice.pick([`**${word}**`, `*${word}*`, `\`${word}\``, `[${word}](https://loom.example/${word})`, word]);
  const text = words.join(' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function paragraph(dice: Dice): string {
  return `${Array.from({ length: 3 + dice.roll(4) }, () => sentence(dice)).join('\n')}\n`;
}

function list(dice: Dice): string {
  const mark = dice.pick(['-', '1.']);
  return `${Array.from({ length: 3 + dice.roll(6) }, () => `${mark} ${sentence(dice)}`).join('\n')}\n`;
}

function quote(dice: Dice): string {
  return `> ${sentence(dice)}\n> ${sentence(dice)}\n`;
}

function table(dice: Dice): string {
  const rows = Array.from(
    { length: 3 + dice.roll(8) },
    () => `| ${dice.pick(WORDS)} | ${dice.roll(900)} | ${sentence(dice)} |`,
  );
  return `| thread | ends | remark |\n|---|---:|---|\n${rows.join('\n')}\n`;
}

function code(dice: Dice): string {
  const language = dice.pick(['js', 'ts', 'css', 'json', 'bash']);
  const lines = Array.from({ length: 6 + dice.roll(20) }, () => codeLine(language, dice));
  return `\`\`\`${language}\n${lines.join('\n')}\n\`\`\`\n`;
}

function codeLine(language: string, dice: Dice): string {
  const [one, other, number] = [dice.pick(WORDS), dice.pick(WORDS), dice.roll(1_000)];
  switch (language) {
    case 'css':
      return `.${one} > .${other} { margin: ${number}px; color: #${number.toString(16).padStart(3, '0')}; }`;
    case 'json':
      return `{ "${one}": [${number}, "${other}", { "${dice.pick(WORDS)}": true }] }`;
    case 'bash':
      return `${one} --${other} ${number} | grep -v "${dice.pick(WORDS)}" > "$HOME/${one}.txt"`;
    case 'ts':
      return `export function ${one}(${other}: readonly string[]): number { return ${other}.length * ${number}; }`;
    default:
      return `const ${one} = ${other}.filter((${other}) => ${other} !== '${number}').map(String); // ${dice.pick(WORDS)}`;
  }
}
