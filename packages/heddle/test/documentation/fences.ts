/** A fenced TypeScript block of a Markdown text. */
export interface Fence {
  /** Line of the opening fence in the file, from 1. */
  readonly line: number;
  readonly code: string;
  /** `file=work.ts`: this block is a module that the next example imports. */
  readonly file: string | undefined;
  /** `no-run` and why: checked by the compiler only. */
  readonly noRun: string | undefined;
  /** `sketch` and why: neither checked nor run. */
  readonly sketch: string | undefined;
}

const opening = /^(?<indent>\s*)(?<marks>`{3,})(?:ts|typescript)\b(?<info>.*)$/;
const words = /^(?:file=(?<file>\S+)|no-run (?<noRun>.+)|sketch (?<sketch>.+))$/;

/** The `ts` fences of a Markdown text, in order. Throws where a fence is not closed or its words are unknown. */
export function fencesOf(markdown: string, firstLine = 1): Fence[] {
  const lines = markdown.split('\n');
  const fences: Fence[] = [];
  for (let index = 0; index < lines.length; index++) {
    const open = opening.exec(lines[index] ?? '')?.groups;
    if (open === undefined) continue;
    const line = firstLine + index;
    const [indent = '', marks = '', info = ''] = [open['indent'], open['marks'], open['info']];
    const end = lines.findIndex((text, at) => at > index && text.trim() === marks);
    if (end === -1) throw new Error(`line ${line}: this fence is never closed`);
    const code = lines
      .slice(index + 1, end)
      .map((text) => (text.startsWith(indent) ? text.slice(indent.length) : text));
    fences.push({ line, code: `${code.join('\n')}\n`, ...wordsOf(info, line) });
    index = end;
  }
  return fences;
}

function wordsOf(info: string, line: number): Pick<Fence, 'file' | 'noRun' | 'sketch'> {
  const text = info.trim();
  const groups = words.exec(text)?.groups;
  if (groups === undefined && text !== '') {
    throw new Error(`line ${line}: "${text}" should be file=name.ts, no-run and the reason, or sketch and the reason`);
  }
  return { file: groups?.['file'], noRun: groups?.['noRun'], sketch: groups?.['sketch'] };
}
