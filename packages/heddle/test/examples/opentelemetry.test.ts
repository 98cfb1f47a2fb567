import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';
import { notInThisNode } from '../support/skip.ts';

interface PrintedSpan {
  readonly name: string;
  readonly parent?: string;
  readonly status?: string;
  readonly attributes: Record<string, unknown>;
}

test('the example for OpenTelemetry makes a span of each call, below the one it is made in, and measures it', {
  skip: notInThisNode('running TypeScript without a flag'),
  timeout: 60_000,
}, () => {
  const program = path.join(repositoryRoot, 'examples', 'opentelemetry', 'main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    encoding: 'utf8',
    timeout: 50_000,
  });
  assert.equal(status, 0, stderr);
  const [hash, parse, parent, metric] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PrintedSpan);
  assert.equal(hash?.name, 'deferToThread hashSync');
  assert.equal(hash?.parent, 'sign up');
  assert.equal(hash?.attributes['heddle.outcome'], 'completed');
  assert.ok((hash?.attributes['heddle.run_ms'] as number) > 0);
  assert.equal(typeof hash?.attributes['heddle.wait_ms'], 'number');
  assert.equal(parse?.name, 'deferToThread parse');
  assert.equal(parse?.attributes['heddle.outcome'], 'failed');
  assert.match(parse?.status ?? '', /JSON/);
  assert.equal(parent?.name, 'sign up');
  assert.deepEqual(metric, { metric: 'heddle.call.run_time', functions: ['hashSync', 'parse'] });
});
