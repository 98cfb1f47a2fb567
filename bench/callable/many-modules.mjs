/**
 * Writes a program of many modules: `node many-modules.mjs folder`. About 18 MB of source, half ES modules, half
 * CommonJS, as servers with their dependencies have them.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FUNCTIONS = 90;

/** @param {string} folder gives `all.mjs`, which imports them all @param {number} count */
export function writeManyModules(folder, count) {
  mkdirSync(folder, { recursive: true });
  const imports = [];
  for (let n = 0; n < count; n++) {
    const isEs = n % 2 === 0;
    const name = `module${n}.${isEs ? 'mjs' : 'cjs'}`;
    const functions = Array.from({ length: FUNCTIONS }, (_, i) => filler(n, i)).join('\n');
    const exported = isEs ? `export function exported${n}(n) {` : `exports.exported${n} = function exported${n}(n) {`;
    const inline = isEs ? 'export const defer =' : 'exports.defer =';
    writeFileSync(
      path.join(folder, name),
      `${functions}\n${exported} return n + ${n}; }\n${inline} (pool, value) => pool.defer((n) => n + value, 1);\n`,
    );
    imports.push(`import * as module${n} from './${name}';`);
  }
  const all = Array.from({ length: count }, (_, n) => `module${n}`).join(', ');
  writeFileSync(path.join(folder, 'all.mjs'), `${imports.join('\n')}\nexport const modules = [${all}];\n`);
}

/** @param {number} n @param {number} i */
function filler(n, i) {
  return `function part${i}(a, b) { const sum = a * ${n} + b; return sum > ${i} ? part${(i + 1) % FUNCTIONS}(sum, a) : sum; }`;
}
