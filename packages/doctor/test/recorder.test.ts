import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Recorder } from '#recorder';
import { HANGS_MS } from './support/hangs.ts';

interface Record {
  readonly type: string;
  readonly began: number;
  readonly duration: number;
}

/** Runs for so long, whoever else has the processor. */
function spin(milliseconds: number): void {
  const before = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(before);
    if (user + system > milliseconds * 1000) return;
  }
}

/** A recorder in whose program the loop has turned. */
async function recorderFor(t: TestContext): Promise<{ recorder: Recorder; turned: () => Promise<void> }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-recorder-'));
  t.after(() => rmSync(folder, { recursive: true }));
  let onTurn = (): void => undefined;
  const recorder = new Recorder({ folder, threshold: 50, isJudging: false, onTurn: () => onTurn() });
  t.after(() => recorder.stop());
  // What is told of a turn is told before anybody looks at it.
  const turn = (): Promise<void> => new Promise((resolve) => (onTurn = () => setImmediate(resolve)));
  // The recorder does not keep the process from ending.
  const turned = async (): Promise<void> => {
    const hold = setInterval(() => undefined, 1000);
    await turn();
    clearInterval(hold);
  };
  await turned();
  return { recorder, turned };
}

test('of several blocks that the watch has seen between two turns, each counts', { timeout: HANGS_MS }, async (t) => {
  const { recorder, turned } = await recorderFor(t);
  recorder.expectWatch();
  const began = Date.now();
  spin(600);
  await turned();
  const block = { kind: 'code', stack: [], culprit: undefined, count: 1, context: undefined } as const;
  recorder.watched({ ...block, began: began + 20, duration: 200 });
  recorder.watched({ ...block, began: began + 230, duration: 100 });
  recorder.stop();
  const lines = readFileSync(recorder.file.file, 'utf8').trim().split('\n');
  const records = lines.map((line) => JSON.parse(line) as Record).filter(({ type }) => type === 'block');
  const last = records.at(-1);
  assert.deepEqual([last?.began, last?.duration], [began + 20, 300]);
});
