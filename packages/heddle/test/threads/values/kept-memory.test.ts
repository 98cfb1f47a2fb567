import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runNode } from '../../support/program.ts';

const { header } = process.report.getReport() as { readonly header: object };
const skip = 'glibcVersionRuntime' in header ? false : 'only glibc learns from what is freed how much it keeps';
const options = { timeout: 60_000, skip };

/** Says whether the C library takes blocks of 30 MB from its own heap when some jobs are done, as it does not at first. */
async function keepsLargeBlocks(jobs: string, env: NodeJS.ProcessEnv = {}): Promise<boolean> {
  const source = `import { readFileSync } from 'node:fs';
    import { deferToThread } from 'heddle/threads';
    const endOfHeap = () => Number('0x' + /-(\\w+) .*\\[heap\\]$/m.exec(readFileSync('/proc/self/maps', 'utf8'))[1]);
    const blocks = [];
    const heapGrows = () => {
      const before = endOfHeap();
      // More than all jobs together can have left free, whenever that is freed.
      for (let block = 0; block < 5; block++) blocks.push(Buffer.allocUnsafeSlow(30 * 2 ** 20));
      return endOfHeap() > before;
    };
    const bytes = new Uint8Array(2 ** 20);
    const length = (given) => given.length;
    const first = heapGrows();
    ${jobs}
    console.log(first, heapGrows());`;
  const { code, stdout, stderr } = await runNode(['--input-type=module', '--eval', source], '', env);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^false (true|false)\n$/);
  return stdout.includes('true');
}

// How fast it is says the program's own clock, which nothing else on the machine holds up.
const copyMuch = (timeOfLook: number): string => `let time = 0;
  performance.now = () => (time += ${timeOfLook});
  await Promise.all(Array.from({ length: 100 }, () => deferToThread(length, bytes)));`;
const FAST = copyMuch(1);

test('where much is copied fast, the memory of the copies is kept for the next ones', options, async () => {
  assert.equal(await keepsLargeBlocks(FAST), true);
});

test('where as much is copied slowly, freed memory goes back to the system as before', options, async () => {
  assert.equal(await keepsLargeBlocks(copyMuch(1000)), false);
});

test('where little is copied, freed memory goes back to the system as before', options, async () => {
  assert.equal(
    await keepsLargeBlocks('for (let call = 0; call < 60; call++) await deferToThread(length, bytes);'),
    false,
  );
});

test('a program that has told the C library how much to keep is not overruled', options, async () => {
  assert.equal(await keepsLargeBlocks(FAST, { MALLOC_TRIM_THRESHOLD_: '131072' }), false);
});
