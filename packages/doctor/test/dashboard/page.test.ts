import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Dashboard, type DashboardOptions, serveDashboard } from '@heddle/doctor';
import { CancelledError } from 'heddle/defer';
import { MemoryReactor } from 'heddle/testing';
import { PoolStoppedError, ThreadPool } from 'heddle/threads';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, noChromium } from '../support/chromium.ts';
import { HANGS_MS } from '../support/hangs.ts';
import { add, Gate, waitForGate } from '../support/jobs.ts';
import { dashboardFor } from './viewer.ts';

const limit = { timeout: HANGS_MS };

/** A program that runs `waitForGate` in its only thread, while `add` waits. */
async function busyProgram(t: TestContext, options: DashboardOptions = {}) {
  const pool = new ThreadPool({ name: 'looms', max: 1 });
  const gate = new Gate();
  t.after(() => pool.stop({ deadline: 0 }));
  const running = pool.defer(waitForGate, gate.shared);
  const waiting = pool.defer(add, 1, 2);
  for (const call of [running, waiting]) call.addErrback((failure) => failure.trap(CancelledError, PoolStoppedError));
  return { dashboard: await dashboardFor(t, { pools: () => [pool], ...options }), pool, gate };
}

describe('the page in a browser', { concurrency: true, skip: noChromium, ...limit }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  /** What went wrong on a page, and what it asked for elsewhere. */
  const faults = new WeakMap<Page, string[]>();

  async function open(t: TestContext, url: string): Promise<Page> {
    const context = await browser.newContext();
    t.after(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(HANGS_MS);
    const found: string[] = [];
    faults.set(page, found);
    page.on('pageerror', (error) => found.push(String(error)));
    page.on('console', (message) => {
      // That the program has gone is none.
      if (message.type() === 'error' && !message.text().includes('ERR_')) found.push(message.text());
    });
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== new URL(url).origin) found.push(request.url());
    });
    await page.goto(url);
    await page.locator('#state[data-state="live"]').waitFor();
    return page;
  }

  test('shows pools, threads with what they run, the queue and the delay of the loop', async (t) => {
    const { dashboard } = await busyProgram(t, { name: 'a <b>program</b>' });
    const page = await open(t, dashboard.url);
    const pool = page.getByRole('article', { name: 'looms' });
    await pool.locator('.lane', { hasText: 'looms-1' }).getByText('waitForGate').waitFor();
    await pool.getByText('1 of 1 thread busy, 1 waiting').waitFor();
    await pool.getByRole('list', { name: 'Calls that wait' }).getByText('add').waitFor();
    await page.locator('#loop-chart canvas').waitFor();
    assert.match((await page.locator('#loop-figures').textContent()) ?? '', /median.*9 of 10.*longest.*busy/);
    assert.equal(await page.title(), 'a <b>program</b> – Heddle');
    assert.deepEqual(faults.get(page), []);
  });

  test('says for how long the program has been up, from one second to the next', async (t) => {
    const { dashboard } = await busyProgram(t);
    const page = await open(t, dashboard.url);
    const age = (await page.locator('#about').textContent()) ?? '';
    assert.match(age, /^process \d+, Node v[\d.]+, up \d/);
    await page.waitForFunction((before) => document.getElementById('about')?.textContent !== before, age);
  });

  test('without the token it is read only, until that is given', async (t) => {
    const { dashboard } = await busyProgram(t);
    const page = await open(t, dashboard.url);
    // The table of functions knows it too, once another test has stopped its own.
    await page.locator('.lane').getByText('waitForGate').waitFor();
    assert.equal(await page.getByRole('button', { name: /^Cancel/ }).count(), 0);
    await page.getByRole('button', { name: 'Read only' }).press('Enter');
    await page.keyboard.type('not it');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Read only: wrong token' }).press('Enter');
    await page.keyboard.type(dashboard.token);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Cancel waitForGate/ }).waitFor();
    // It is not asked for again after a reload, and not in the address.
    await page.reload();
    await page.getByRole('button', { name: /^Cancel waitForGate/ }).waitFor();
    assert.equal(page.url(), dashboard.url);
  });

  test('where reading needs the token, it asks for it', async (t) => {
    const token = 'as-long-as-it-has-to-be';
    const dashboard = await dashboardFor(t, { pools: () => [], token });
    const context = await browser.newContext();
    t.after(() => context.close());
    const page = await context.newPage();
    await page.goto(dashboard.url);
    await page.getByLabel('Token', { exact: true }).fill(token);
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.locator('#state[data-state="live"]').waitFor();
  });

  test('a call is cancelled with the keyboard alone, after a question', async (t) => {
    const { dashboard, pool } = await busyProgram(t);
    const page = await open(t, dashboard.loginUrl);
    const button = page.getByRole('button', { name: /^Cancel add/ });
    await button.waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    for (let most = 30; !(await focused()).startsWith('Cancel add'); most--) {
      assert.ok(most > 0, 'the button is not reached by Tab');
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Cancel add?' });
    await dialog.waitFor();
    // The first button is the harmless one.
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    assert.equal(pool.statistics().cancelled, 0);
    assert.match(await focused(), /^Cancel add/);
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('add was cancelled.').waitFor();
    await button.waitFor({ state: 'detached' });
    assert.equal(pool.statistics().cancelled, 1);
    assert.deepEqual(faults.get(page), []);
  });

  test('focus stays where it is while the numbers change', async (t) => {
    const { dashboard } = await busyProgram(t);
    const page = await open(t, dashboard.loginUrl);
    const button = page.getByRole('button', { name: /^Cancel waitForGate/ });
    await button.focus();
    const time = page.locator('.lane .time');
    const first = await time.textContent();
    while ((await time.textContent()) === first) await page.waitForTimeout(50);
    assert.equal(await button.evaluate((element) => element === document.activeElement), true);
  });

  test('shows what blocked the loop, to be opened for its stack', async (t) => {
    const dashboard = await dashboardFor(t, { pools: () => [], threshold: 50 });
    const page = await open(t, dashboard.url);
    // By what it says when closed: a place of another kind, the clock's own call, has it in its stack.
    const place = page.locator('details', { has: page.locator('summary', { hasText: 'weaveTooLong' }) }).first();
    // The watch needs a moment to begin.
    while ((await place.count()) === 0) {
      (function weaveTooLong() {
        const since = performance.now();
        while (performance.now() - since < 200);
      })();
      await page.waitForTimeout(50);
    }
    await place.locator('summary').press('Enter');
    await place.locator('.stack').getByText('weaveTooLong').first().waitFor();
    assert.match((await place.locator('.numbers').textContent()) ?? '', /^\d+ times?, .* in all, longest /);
  });

  test('it says that the connection is lost, and goes on when the program is back', async (t) => {
    const dashboard = await dashboardFor(t, { pools: () => [] });
    const page = await open(t, dashboard.url);
    await dashboard.stop();
    await page.locator('#state[data-state="lost"]').waitFor();
    const port = Number(new URL(dashboard.url).port);
    const again: Dashboard = await serveDashboard(new MemoryReactor(), { port, pools: () => [], name: 'again' });
    t.after(() => again.stop());
    await page.locator('#state[data-state="live"]').waitFor();
    await page.getByRole('heading', { name: 'again' }).waitFor();
  });

  test('light and dark, wide and narrow: nothing is cut off, everything has a name and can be read', async (t) => {
    const { dashboard } = await busyProgram(t, { name: `${'very-'.repeat(30)}long` });
    const page = await open(t, dashboard.loginUrl);
    await page.getByRole('button', { name: /^Cancel waitForGate/ }).waitFor();
    const unnamed = await page.evaluate(() =>
      [...document.querySelectorAll('button, input, section, article, table, [role=img]')]
        .filter((element) => {
          const label = document.getElementById(element.getAttribute('aria-labelledby') ?? '')?.textContent;
          const own = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : element.textContent;
          return !(element.getAttribute('aria-label') ?? label ?? own);
        })
        .map(({ outerHTML }) => outerHTML.slice(0, 100)),
    );
    assert.deepEqual(unnamed, []);
    const grounds = new Set<string>();
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [400, 1400]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
        grounds.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
        // WCAG asks for 4.5 of text.
        const contrasts = await page.evaluate(contrastsOfText);
        assert.ok(contrasts.length > 10);
        assert.deepEqual(
          contrasts.filter(({ contrast }) => contrast < 4.5),
          [],
          `${colorScheme}, ${width}`,
        );
      }
    }
    assert.equal(grounds.size, 2);
    assert.deepEqual(faults.get(page), []);
  });
});

/** How well each text can be told from what is behind it. Runs in the page. */
function contrastsOfText(): { text: string; contrast: number }[] {
  const luminance = (color: string): number => {
    const parts = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
      const value = Number(part) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * (parts[0] ?? 0) + 0.7152 * (parts[1] ?? 0) + 0.0722 * (parts[2] ?? 0);
  };
  const behind = (element: Element | null): string => {
    for (let each = element; each !== null; each = each.parentElement) {
      const { backgroundColor } = getComputedStyle(each);
      if (!/, 0\)$|transparent/.test(backgroundColor)) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found: { text: string; contrast: number }[] = [];
  while (walker.nextNode() !== null) {
    const { parentElement, textContent } = walker.currentNode;
    const text = textContent?.trim() ?? '';
    if (text === '' || parentElement === null || parentElement.getClientRects().length === 0) continue;
    const [one, other] = [luminance(getComputedStyle(parentElement).color), luminance(behind(parentElement))];
    found.push({ text, contrast: (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05) });
  }
  return found;
}
