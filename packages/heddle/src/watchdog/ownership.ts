import { ownUrl } from '../defer/own-url.ts';
import { readablePath } from '../threads/callable/scripts/readable-path.ts';

/** Whose code a frame is. */
export interface Ownership {
  /** `'own'` is the program's own code, `'node'` Node's and what is built into JavaScript. */
  readonly origin: 'own' | 'package' | 'node' | 'heddle';
  /** For an origin of `'package'`: the package's name. */
  readonly packageName?: string;
}

const PACKAGE = /.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)[/\\]/;
/** The folder of the package, where Heddle is not a part of a bundle. */
const heddle = /^.*[/\\]heddle[/\\](?=dist[/\\])/.exec(readablePath(ownUrl))?.[0];

/**
 * @param script what V8 compiled, a URL or a path
 * @param file the source that it was built from
 */
export function ownershipOf(script: string, file: string): Ownership {
  if (script === '' || script.startsWith('node:')) return { origin: 'node' };
  if (script.startsWith('wasm:')) return { origin: 'package', packageName: 'WebAssembly' };
  if (heddle !== undefined && isHeddles(readablePath(script), heddle)) return { origin: 'heddle' };
  // A package's source map may lead anywhere; what a bundle took in is known by its source alone.
  const packageName = packageOf(script) ?? packageOf(file);
  if (packageName === undefined) return { origin: 'own' };
  if (packageName === 'heddle' || packageName.startsWith('@heddle/')) return { origin: 'heddle' };
  return { origin: 'package', packageName };
}

function packageOf(file: string): string | undefined {
  return PACKAGE.exec(file)?.[1]?.replace('\\', '/');
}

function isHeddles(path: string, folder: string): boolean {
  return path.startsWith(folder) && /^(?:dist|src)[/\\]/.test(path.slice(folder.length));
}
