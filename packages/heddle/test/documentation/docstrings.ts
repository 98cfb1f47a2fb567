import { type Fence, fencesOf } from './fences.ts';

const docstring = /\/\*\*.*?\*\//gs;

/** The `ts` fences in the docstrings of a TypeScript source. Throws where an `@example` shows none. */
export function fencesOfDocstrings(source: string): Fence[] {
  return [...source.matchAll(docstring)].flatMap(({ 0: comment, index }) => {
    const firstLine = source.slice(0, index).split('\n').length;
    const markdown = comment.replace(/\*\/$/, '').replaceAll(/^\s*(?:\/\*)?\*(?!\/) ?/gm, '');
    for (const block of markdown.split(/^@example\b/m).slice(1)) {
      if (!/^\s*`{3,}ts/m.test(block)) {
        throw new Error(`line ${firstLine}: the @example of this docstring has no ts fence, so nothing can run it`);
      }
    }
    return fencesOf(markdown, firstLine);
  });
}
