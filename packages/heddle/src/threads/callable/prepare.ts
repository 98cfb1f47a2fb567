import { loadParser } from './capture/parser.ts';
import { inspectorSession } from './scripts/inspector-session.ts';
import { indexFunctionsOfNode } from './resolve.ts';
import { readScriptsOnce } from './scripts/scripts.ts';

/**
 * Does ahead of the first call what it would have to do: looks at Node's functions, opens the inspector session, has
 * V8 announce its scripts, loads the parser. Blocks for some hundred milliseconds in a program of thousands of modules.
 */
export function prepareCallables(): void {
  indexFunctionsOfNode();
  for (const step of [loadParser, () => readScriptsOnce(inspectorSession())]) {
    try {
      step();
    } catch {
      // Where a bundle has no parser, or the inspector is denied, the calls that need it say so.
    }
  }
}
