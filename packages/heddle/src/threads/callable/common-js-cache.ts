import { types } from 'node:util';
import { ownUrl } from '../../defer/own-url.ts';

/**
 * The CommonJS modules that the program has loaded, by their files.
 *
 * Asked of Node itself: a bundler puts something of its own in the place of an imported `createRequire`.
 */
export function commonJsCache(): NodeJS.Dict<NodeJS.Module> {
  const { cache } = process.getBuiltinModule('node:module').createRequire(ownUrl);
  return types.isProxy(cache) ? givenByFiles(cache) : cache;
}

/**
 * Jest has a cache of its own, with what its transforms have made of TypeScript. Node may not be able to read that, and a
 * thread would have no such module.
 */
function givenByFiles(cache: NodeJS.Dict<NodeJS.Module>): NodeJS.Dict<NodeJS.Module> {
  const given = Object.entries(cache).filter(([file, module]) => isNodes(module) || /\.[cm]?js$/.test(file));
  return Object.fromEntries(given);
}

function isNodes(module: NodeJS.Module | undefined): boolean {
  return module !== undefined && typeof Reflect.get(module, '_compile') === 'function';
}
