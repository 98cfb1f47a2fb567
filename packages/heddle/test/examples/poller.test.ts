import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../support/paths.ts';
import { notInThisNode } from '../support/skip.ts';
import { WatchedProgram } from '../support/watched-program.ts';

const skip =
  process.platform === 'win32'
    ? 'Windows has no signals between processes'
    : notInThisNode('running TypeScript without a flag');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`the poller example ends its poll and then itself on ${signal}, with 0`, { skip }, async () => {
    const main = pathToFileURL(path.join(repositoryRoot, 'examples/poller/main.ts')).href;
    const program = new WatchedProgram(`await import(${JSON.stringify(main)});`);
    await program.wrote('asked 3');
    program.send(signal);
    assert.equal(await program.ended, 0);
    const last = program.output.trimEnd().split('\n').at(-1) ?? '';
    const [, asked, answered] = /^stopped: (\d+) asked, (\d+) answered$/.exec(last) ?? [];
    assert.ok(Number(asked) >= 3, program.output);
    assert.equal(answered, asked, program.output);
  });
}
