import { ownUrl } from '../../defer/own-url.ts';

/**
 * The CommonJS modules that the program has loaded, by their files.
 *
 * Asked of Node itself: a bundler puts something of its own in the place of an imported `createRequire`.
 */
export function commonJsCache(): NodeJS.Dict<NodeJS.Module> {
  return process.getBuiltinModule('node:module').createRequire(ownUrl).cache;
}
