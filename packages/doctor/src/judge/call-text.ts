/** A call as it is written. */
export interface CallText {
  /** What is called: `bcrypt.hashSync`. */
  readonly callee: string;
  /** What it is called on: `bcrypt`. */
  readonly receiver: string | undefined;
  readonly args: readonly string[];
  /** All of it. */
  readonly text: string;
}

const CHAIN = /(?:[\p{ID_Start}_$#][\p{ID_Continue}$]*\s*(?:\?\.|!?\.)\s*)*$/u;
const NAME = /^[\p{ID_Start}_$#][\p{ID_Continue}$]*/u;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * Reads the call at a place of a source, TypeScript included, without knowing its grammar: the chain of names before
 * the brackets, and what stands between these, cut at the commas.
 *
 * @param line counted from 1
 * @param column of the name that is called, counted from 1, as in a stack; where no call of that name begins there,
 *   the first one of the line is taken
 * @param name the last name of what is called, where it is known
 */
export function callTextAt(source: string, line: number, column: number, name?: string): CallText | undefined {
  const start = offsetOf(source, line, column);
  if (start === undefined) return undefined;
  const exact = readCall(source, start);
  if (exact !== undefined && (name === undefined || lastName(exact.callee) === name)) return exact;
  if (name === undefined) return undefined;
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = source.indexOf('\n', start);
  const found = new RegExp(String.raw`(?<![\p{ID_Continue}$])${escaped(name)}(?=\s*[(<])`, 'u').exec(
    source.slice(lineStart, lineEnd < 0 ? undefined : lineEnd),
  );
  return found === null ? undefined : readCall(source, lineStart + found.index);
}

/** The offset of a place, whose line and column count from 1. */
export function offsetOf(source: string, line: number, column: number): number | undefined {
  let start = 0;
  for (let n = 1; n < line; n++) {
    start = source.indexOf('\n', start) + 1;
    if (start === 0) return undefined;
  }
  return start + Math.max(0, column - 1);
}

/** What a callee's last name is: `hashSync` of `bcrypt.hashSync`. */
export function lastName(callee: string): string {
  return callee.split('.').at(-1)?.trim() ?? callee;
}

function readCall(source: string, start: number): CallText | undefined {
  const name = NAME.exec(source.slice(start, start + 200))?.[0];
  if (name === undefined) return undefined;
  const chain = (CHAIN.exec(source.slice(Math.max(0, start - 200), start))?.[0] ?? '').replaceAll(/\s+/g, '');
  const open = openingBracket(source, start + name.length);
  if (open === undefined) return undefined;
  const args = readArguments(source, open);
  if (args === undefined) return undefined;
  const callee = (chain + name).replaceAll('!', '');
  const receiver = chain === '' ? undefined : chain.replaceAll('!', '').replace(/\??\.$/, '');
  // What is only a comment is no argument.
  const given = args.map(inOneLine).filter((text) => text !== '');
  return { callee, receiver, args: given, text: `${callee}(${given.join(', ')})` };
}

/** Where the arguments begin: after type arguments, if there are any. */
function openingBracket(source: string, from: number): number | undefined {
  const typed = /^\s*(?:<[^()]*?>\s*)?(?:\?\.\s*)?\(/.exec(source.slice(from, from + 500))?.[0];
  return typed === undefined ? undefined : from + typed.length - 1;
}

function readArguments(source: string, open: number): string[] | undefined {
  const args: string[] = [];
  const brackets: string[] = [];
  let begun = open + 1;
  for (let at = open + 1; at < source.length; at++) {
    const skipped = skipOpaque(source, at);
    if (skipped > at) {
      at = skipped - 1;
      continue;
    }
    const character = source.charAt(at);
    const closing = CLOSING[character];
    if (closing !== undefined) brackets.push(closing);
    else if (brackets.length > 0 && character === brackets.at(-1)) brackets.pop();
    else if (brackets.length === 0 && (character === ',' || character === ')')) {
      const argument = source.slice(begun, at).trim();
      if (argument !== '') args.push(argument);
      if (character === ')') return args;
      begun = at + 1;
    }
  }
  return undefined;
}

/** Where the text, template, comment or regular expression ends that begins at an offset; the offset where none does. */
function skipOpaque(source: string, at: number): number {
  if (source.charAt(at) === '`') return endOfTemplate(source, at);
  const opaque = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//y;
  opaque.lastIndex = at;
  const found = opaque.exec(source);
  if (found !== null) return opaque.lastIndex;
  const isOperand = /[(,=:[!&|?{};+\-*%~^<>]\s*$|\breturn\s*$/.test(source.slice(Math.max(0, at - 20), at));
  const pattern = /\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
  pattern.lastIndex = at;
  return isOperand && pattern.test(source) ? pattern.lastIndex : at;
}

/** Between its braces a template has code, with templates of its own. Where it has no end, all that follows is in it. */
function endOfTemplate(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at++) {
    const character = source.charAt(at);
    if (character === '`') return at + 1;
    if (character === '\\') at += 1;
    else if (source.startsWith('${', at)) at = closingBrace(source, at + 2);
  }
  return source.length;
}

/** Where the code ends that begins at an offset and is in braces; the end of the text where it has none. */
function closingBrace(source: string, start: number): number {
  let depth = 1;
  for (let at = start; at < source.length; at++) {
    const skipped = skipOpaque(source, at);
    if (skipped > at) {
      at = skipped - 1;
      continue;
    }
    if (source.charAt(at) === '{') depth += 1;
    else if (source.charAt(at) === '}' && --depth === 0) return at;
  }
  return source.length;
}

/** A comment to the end of its line would swallow what comes after it, and the lines of a template are its text. */
function inOneLine(argument: string): string {
  // As it comes after a bracket, so that a regular expression at its beginning is seen as one.
  const text = `(${argument}`;
  const pieces: string[] = [];
  let code = '';
  for (let at = 1; at < text.length; at++) {
    const end = skipOpaque(text, at);
    if (end === at) {
      code += text.charAt(at);
      continue;
    }
    if (text.startsWith('//', at)) code += '\n';
    else {
      pieces.push(joined(code), text.slice(at, end));
      code = '';
    }
    at = end - 1;
  }
  return [...pieces, joined(code)].join('').trim();
}

function joined(code: string): string {
  return code.replaceAll(/\s*\n\s*/g, ' ');
}

function escaped(name: string): string {
  return name.replaceAll(/[$^]/g, String.raw`\$&`);
}
