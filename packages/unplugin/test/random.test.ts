import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type Build, bundlers, root } from './support/builds.ts';
import { randomModule } from './support/random-module.ts';
import { run } from './support/run.ts';

const MODULES = Number(process.env['HEDDLE_RANDOM_MODULES'] ?? 60);
const seed = Number(process.env['HEDDLE_RANDOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

let folder: string;
let modules: string[];
before(async () => {
  await mkdir(path.join(root, 'build'), { recursive: true });
  folder = await mkdtemp(path.join(root, 'build/random-'));
  modules = fc.sample(randomModule, { numRuns: MODULES, seed });
  const files = modules.map((text, index) => writeFile(path.join(folder, `module-${index}.ts`), text));
  const work = 'export const imported = 6;\nexport default 7;\nexport const add = (x: number, y: number) => x + y;\n';
  const imports = modules.map((_text, index) => `import { run as run${index} } from './module-${index}.ts';`);
  const runs = modules.map((_text, index) => `run${index}`);
  const main = `${imports.join('\n')}
const all = [${runs.join(', ')}];
async function main(): Promise<void> {
  const results: unknown[] = [];
  for (const one of all) results.push(await one(1, 2));
  console.log(JSON.stringify(results));
}
void main();
`;
  await Promise.all([
    ...files,
    writeFile(path.join(folder, 'work.ts'), work),
    writeFile(path.join(folder, 'main.ts'), main),
  ]);
});
after(() => rm(folder, { recursive: true, force: true }));

const how: Pick<Build, 'format' | 'bundlesHeddle' | 'plugged'> = { format: 'esm', bundlesHeddle: false, plugged: true };

for (const [name, bundle] of Object.entries(bundlers)) {
  // In the build of webpack, each function is an entry of its own, and slow to minify.
  for (const minify of name === 'rollup' || name === 'webpack' ? [false] : [false, true]) {
    test(`random closures give in threads what they give inline: ${name}${minify ? ', minified' : ''}, seed ${seed}`, async () => {
      const dir = path.join(folder, `${name}-${minify}`);
      await bundle({ ...how, input: path.join(folder, 'main.ts'), dir, minify });
      const program = path.join(dir, 'program.mjs');
      const results = (await run(root, '--disallow-code-generation-from-strings', program)) as string[][];
      assert.equal(results.length, MODULES);
      results.forEach(([inline, inThread, byName], index) => {
        assert.ok(inThread === inline && byName === inline, `${inline}, ${inThread}, ${byName} of\n${modules[index]}`);
      });
    });
  }
}
