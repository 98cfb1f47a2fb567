// What needs the parser, for those who load it only when they need it.
export { hoist } from './hoist.ts';
export { pathWithin, readPath, threadsAlong } from './thread-path.ts';
