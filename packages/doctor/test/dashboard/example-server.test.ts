import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { launchChromium, noChromium } from '../support/chromium.ts';
import { HANGS_MS } from '../support/hangs.ts';

const main = path.join(import.meta.dirname, '../../../../../examples/server/main.ts');

/** Starts the example without its measurement. */
async function start(t: TestContext): Promise<string> {
  const server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    env: { ...process.env, NODE_OPTIONS: '', HEDDLE_DEMO_SECONDS: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(async () => {
    server.kill();
    if (server.exitCode === null) await once(server, 'exit');
  });
  for await (const line of createInterface({ input: server.stdout })) {
    const address = /two buttons and the dashboard: (\S+)$/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('The example has ended.');
}

test('the example server: to block the loop has everybody wait, to defer to threads nobody', {
  skip: noChromium,
  timeout: HANGS_MS,
}, async (t) => {
  const url = await start(t);
  const browser = await launchChromium();
  t.after(() => browser.close());
  const page = await browser.newPage();
  const faults: string[] = [];
  page.setDefaultTimeout(HANGS_MS);
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(url);
  const dashboard = page.frameLocator('#dashboard');
  await dashboard.locator('#state[data-state="live"]').waitFor();
  /** How long the answer to /ping took that came last. */
  const latency = async (): Promise<number> =>
    Number((await page.locator('#latency').getAttribute('data-milliseconds')) ?? Number.NaN);
  const latencyIs = async (isSo: (milliseconds: number) => boolean): Promise<number> => {
    for (;;) {
      const milliseconds = await latency();
      if (isSo(milliseconds)) return milliseconds;
      await page.waitForTimeout(20);
    }
  };
  /** Waits until nobody waits as long. How long somebody waits otherwise, a busy machine makes longer. */
  const isQuiet = async (below: number): Promise<void> => {
    await latencyIs((milliseconds) => milliseconds < below);
    const figure = dashboard.locator('#loop-figures > *', { hasText: 'longest' });
    for (;;) {
      const [level, text] = await figure.evaluate((shown) => [
        shown.getAttribute('data-level'),
        shown.querySelector('dd')?.textContent ?? '',
      ]);
      const [, value, unit] = /^([\d.]+) (µs|ms|s)$/.exec(text ?? '') ?? [];
      const milliseconds = Number(value) * ({ µs: 0.001, ms: 1, s: 1000 }[unit ?? ''] ?? Number.NaN);
      // What is shown is rounded.
      if (Math.abs(milliseconds - 100) > 1) assert.equal(level === 'bad', milliseconds > 100, `${level}: ${text}`);
      if (milliseconds < below) return;
      await page.waitForTimeout(20);
    }
  };
  await isQuiet(Number.POSITIVE_INFINITY);

  await page.getByRole('button', { name: 'block the loop' }).click();
  const whileBlocked = [await latencyIs((milliseconds) => milliseconds > 100)];
  await dashboard.locator('#loop-figures > [data-level="bad"]', { hasText: 'longest' }).waitFor();
  const unblocked = page.getByText('passwords hashed on the loop');
  while (!(await unblocked.isVisible())) whileBlocked.push(await latency());
  // The answer that had to wait comes when the loop turns again.
  whileBlocked.push(await latency());
  const blocked = Math.max(...whileBlocked);
  await isQuiet(blocked / 2);
  // Who it was is on the page as well.
  await dashboard.locator('details', { hasText: 'hashSync of bcryptjs' }).waitFor();

  await page.getByRole('button', { name: 'defer to threads' }).click();
  await dashboard.locator('.lane[data-state="running"]', { hasText: 'hashSync' }).first().waitFor();
  const whileDeferred: number[] = [];
  const done = page.getByText('passwords hashed in threads');
  while (!(await done.isVisible())) whileDeferred.push(await latency());
  const sorted = whileDeferred.sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  assert.ok(median < blocked / 2, `${median} ms while work was in threads, ${blocked} ms while it was on the loop`);
  await isQuiet(blocked / 2);
  assert.deepEqual(faults, []);
});
