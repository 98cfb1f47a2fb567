import { readFileSync } from 'node:fs';

const texts = new Map<string, string | undefined>();
const blanked = new Map<string, string>();

/** The text of a source, where it is there to read. */
export function sourceText(file: string): string | undefined {
  if (!texts.has(file)) texts.set(file, read(file));
  return texts.get(file);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** A source with spaces for what is in its strings, its comments and its regular expressions: only code is left. */
export function codeOf(file: string): string | undefined {
  const text = sourceText(file);
  if (text === undefined) return undefined;
  let code = blanked.get(file);
  if (code === undefined) blanked.set(file, (code = withoutLiterals(text)));
  return code;
}

const LITERAL =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`|(?<=(?:^|[(,=:[!&|?{};>\n]|\breturn|\btypeof)\s*)\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;

/** TypeScript as well, for which there would be no small parser. Calls in template literals are lost to it. */
export function withoutLiterals(text: string): string {
  return text.replace(LITERAL, (literal) => literal.replace(/[^\n]/g, ' '));
}
