import type { CapturedText, Offsets } from '../../wire/captured.ts';
import { unusedName } from './unused-name.ts';

/** What is compiled for a text whose counts are to be those of its source. */
export interface CountedText {
  readonly before: string;
  readonly after: string;
  /** The script's name, and another one where the text is not where it is in the script. */
  readonly filename: string;
}

/** What takes other values for the bindings; and an object with nothing but the text's function. */
export type Counted = readonly [bind: (values: readonly unknown[]) => void, holder: object];

/**
 * Puts a captured text where it is in its script, and makes the whole as long as that. A measuring of coverage adds up,
 * by their offsets, the counts of all scripts of one name: here all but the text itself counts as not run.
 *
 * What is compiled gives {@link Counted} for the values of the text's bindings.
 */
export function countedText(
  { name, text, form, strict, script, bindings, sourceMapUrl }: CapturedText,
  { start, end }: Offsets,
): CountedText {
  const names = bindings.map((binding) => binding.name);
  const bind = unusedName('$', (used) => text.includes(used) || names.includes(used));
  // It is counted as well: at the begin of a file is what runs first of all.
  const first = `${strict ? "'use strict';" : ''}const ${bind}=${bind}=>{[${names.join()}]=${bind}};return[${bind},`;
  const [open, last, close] =
    form === 'function' || form === 'class' ? [`{${keyOf(name)}:0?`, '0:', '}]'] : ['0?', '0:{', '}]'];
  const comment = sourceMapUrl === undefined ? '' : `\n//# sourceMappingURL=${sourceMapUrl}`;
  const blankBefore = start - first.length - open.length - last.length;
  const blankAfter = end - start - text.length - close.length - comment.length;
  return {
    before: first + open + blank(blankBefore) + last,
    // Of what comes after the last statement, V8 does not say that it has not run.
    after: close + (blankAfter < 2 ? blank(blankAfter) : `\n0${blank(blankAfter - 2)}`) + comment,
    filename: blankBefore < 0 || blankAfter < 0 ? `captured:${script}` : script,
  };
}

/** The function of a compiled text. */
export function functionIn(holder: object): Function {
  const [property] = Object.values(Object.getOwnPropertyDescriptors(holder)) as PropertyDescriptor[];
  return (property?.value ?? property?.get ?? property?.set) as Function;
}

/** V8 counts a function by the name of the property that it is written in. Of one name it makes the prototype. */
function keyOf(name: string): string {
  return name === '__proto__' ? '""' : JSON.stringify(name);
}

function blank(length: number): string {
  return ' '.repeat(Math.max(length, 0));
}
