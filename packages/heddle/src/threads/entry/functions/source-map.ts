import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';

const known = new Set<string>();

/**
 * Makes stacks show the places of a script's source, as they do in the thread whose program loaded the script: here
 * it is never loaded, only functions of it are compiled.
 *
 * @param url what the script's `//# sourceMappingURL=` says
 */
export function honourSourceMap(script: string, url: string): void {
  if (known.has(script)) return;
  known.add(script);
  process.setSourceMapsEnabled(true);
  // Code that is made from a text may name the script that it comes from, and so its source map: Node keeps that.
  const name = isAbsolute(script) ? pathToFileURL(script).href : script;
  Reflect.construct(Function, [`//# sourceMappingURL=${url}\n//# sourceURL=${name}`]);
}
