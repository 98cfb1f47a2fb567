import path from 'node:path';
import { pathOf } from './script-path.ts';

/** Where what the doctor loads into the program is. */
const folder = __dirname + path.sep;

/** Whether a script of the program's process is the doctor's. */
export function isOwnScript(script: string): boolean {
  return pathOf(script).startsWith(folder);
}
