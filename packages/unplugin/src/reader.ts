// What needs the parser, for those who load it only when they need it.
export { hoist } from './hoist.ts';
export { readPath, threadAt } from './thread-path.ts';
