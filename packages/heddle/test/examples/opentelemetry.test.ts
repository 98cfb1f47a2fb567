import assert from 'node:assert/strict';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../support/paths.ts';
import { runNode } from '../support/program.ts';
import { notInThisNode } from '../support/skip.ts';

type Line = Readonly<Record<string, unknown>>;

const skip = notInThisNode('running TypeScript without a flag');

describe('the example for OpenTelemetry', { skip }, () => {
  const spans = new Map<string, Line>();
  const histograms: Line[] = [];

  before(async () => {
    const main = path.join(repositoryRoot, 'examples/opentelemetry/main.ts');
    const { code, stdout, stderr } = await runNode(['--disable-warning=ExperimentalWarning', main]);
    assert.equal(code, 0, stderr);
    for (const line of stdout.trimEnd().split('\n')) {
      const [, kind, json = ''] = /^(span|histogram) (.*)$/.exec(line) ?? [];
      const value = JSON.parse(json) as Line;
      if (kind === 'span') spans.set(`${value['parent']} > ${value['name']}`, value);
      else histograms.push(value);
    }
  });

  test('makes a span of each call inside the span of its request', () => {
    assert.deepEqual([...spans.keys()].sort(), [
      'GET /slow > deferToThread hashSync',
      'POST /orders > deferToThread parse',
      'POST /passwords > INSERT',
      'POST /passwords > deferToThread hashSync',
      'undefined > GET /slow',
      'undefined > POST /orders',
      'undefined > POST /passwords',
    ]);
  });

  test('tells of each call how it ended, and how long it waited and ran where a thread has answered', () => {
    const told = (key: string): unknown[] => {
      const span = spans.get(key);
      return [span?.['heddle.outcome'], typeof span?.['heddle.wait_ms'], typeof span?.['heddle.run_ms']];
    };
    assert.deepEqual(told('POST /passwords > deferToThread hashSync'), ['completed', 'number', 'number']);
    assert.deepEqual(told('POST /orders > deferToThread parse'), ['failed', 'number', 'number']);
    assert.deepEqual(told('GET /slow > deferToThread hashSync'), ['cancelled', 'undefined', 'undefined']);
  });

  test('marks the spans of calls that failed, and no others, as errors', () => {
    const failed = [...spans].filter(([, { error }]) => error !== undefined);
    assert.deepEqual(
      failed.map(([key]) => key),
      ['POST /orders > deferToThread parse'],
    );
    assert.match(String(failed[0]?.[1]['error']), /^SyntaxError: /);
  });

  test('ends the span of a call that failed with what has no text', async () => {
    const traceJobs = path.join(repositoryRoot, 'examples/opentelemetry/trace-jobs.ts');
    const { stdout, stderr } = await runNode([
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '--eval',
      `import { deferToThread } from 'heddle';
      import { traceJobs } from ${JSON.stringify(pathToFileURL(traceJobs).href)};
      const span = {
        setAttribute() {},
        addEvent() {},
        recordException(exception) { console.log('exception', exception); },
        setStatus({ message }) { console.log('status', message); },
        end() { console.log('ended'); },
      };
      const meter = { createHistogram: () => ({ record() {} }) };
      const stop = traceJobs({ startSpan: () => span }, meter);
      await deferToThread(() => { throw { toString: 'x', valueOf: 1 }; }).catch(() => {});
      stop();`,
    ]);
    const text = "{ toString: 'x', valueOf: 1 }";
    assert.equal(stdout, `exception ${text}\nstatus ${text}\nended\n`, stderr);
  });

  test('keeps the times in histograms, in seconds', () => {
    const counted = histograms.map((histogram) => {
      const { count, sum } = histogram['value'] as { count: number; sum: number };
      const name = String(histogram['code.function.name']);
      const time = histogram['name'] === 'heddle.job.wait.duration' ? 'heddle.wait_ms' : 'heddle.run_ms';
      const span = [...spans.values()].find(
        (one) => one['code.function.name'] === name && one['heddle.outcome'] === histogram['heddle.outcome'],
      );
      assert.equal(sum, Number(span?.[time]) / 1000);
      return [histogram['name'], name, count];
    });
    assert.deepEqual(counted.sort(), [
      ['heddle.job.run.duration', 'hashSync', 1],
      ['heddle.job.run.duration', 'parse', 1],
      ['heddle.job.wait.duration', 'hashSync', 1],
      ['heddle.job.wait.duration', 'parse', 1],
    ]);
  });
});
