import type { Session } from 'node:inspector';
import { compileFunction } from 'node:vm';
import { handleOf, scriptPositionOf } from './function-handle.ts';

let compiled = 0;
let lastId: number | undefined;

/**
 * Whether V8 has compiled anything since this was last asked: only then there can be modules that nobody knows.
 *
 * V8 numbers scripts in the order in which they are compiled. So one is compiled whose number tells how many came
 * before it: that takes 50 µs, where V8 takes 100 ms and more to announce some thousands of scripts.
 */
export function scriptsWereCompiled(session: Session): boolean {
  compiled += 1;
  // Of the same text V8 would not make a new script.
  const marker = compileFunction(`// ${compiled}`);
  const id = Number(scriptPositionOf(session, handleOf(session, marker))?.scriptId);
  const expected = lastId === undefined ? undefined : lastId + 1;
  lastId = id;
  return id !== expected;
}
