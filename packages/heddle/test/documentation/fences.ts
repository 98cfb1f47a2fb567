/** A fenced TypeScript block of a Markdown text. */
export interface Fence {
  /** Line of the opening fence in the file, from 1. */
  readonly line: number;
  readonly code: string;
  /** `file=work.ts`: this block is a module that the next example imports. */
  readonly file: string | undefined;
  /** `no-run="why"`: checked by the compiler only. */
  readonly noRun: string | undefined;
  /** `sketch="why"`: neither checked nor run. */
  readonly sketch: string | undefined;
}

const opening = /^(?<indent>\s*)(?<marks>`{3,})(?:ts|typescript)\b(?<info>.*)$/;
const word = /\s*(?<name>file|no-run|sketch)=(?:"(?<quoted>[^"]+)"|(?<bare>[^\s"]+))/y;

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
  const words = new Map<string, string>();
  const text = info.trimEnd();
  word.lastIndex = 0;
  for (let at = 0; at < text.length; at = word.lastIndex) {
    const groups = word.exec(text)?.groups;
    if (groups === undefined) {
      throw new Error(`line ${line}: "${text.trim()}" should be file=name.ts, no-run="reason" or sketch="reason"`);
    }
    words.set(String(groups['name']), groups['quoted'] ?? String(groups['bare']));
  }
  return { file: words.get('file'), noRun: words.get('no-run'), sketch: words.get('sketch') };
}
