import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { examine } from './support/examined.ts';
import { missingHere } from './support/missing-here.ts';
import { packageRoot } from './support/paths.ts';

const executablePath = '/usr/bin/chromium';
const skip = missingHere("Chromium (Debian's chromium)", existsSync(executablePath));

describe('the report’s page', { skip }, () => {
  let folder = '';
  let file = '';
  let browser: Browser;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'heddle-page-'));
    file = path.join(folder, 'report.html');
    await examine([
      '--html',
      file,
      '--',
      process.execPath,
      path.join(packageRoot, 'build/test/programs/package-call.js'),
      '</script><b>',
    ]);
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });

  after(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  async function open(colorScheme: 'light' | 'dark', width: number): Promise<{ page: Page; trouble: string[] }> {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
    const trouble: string[] = [];
    page.on('console', (message) => trouble.push(message.text()));
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('request', (request) => {
      if (!/^(?:file|data):/.test(request.url())) trouble.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    await page.locator('.cell').first().waitFor();
    await page.locator('#timeline rect').first().waitFor({ state: 'attached' });
    return { page, trouble };
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [400, 1400]) {
      test(`fits ${width} px, ${colorScheme}, and loads nothing`, async () => {
        const { page, trouble } = await open(colorScheme, width);
        const look = await page.evaluate(() => ({
          width: document.documentElement.scrollWidth,
          background: getComputedStyle(document.body).backgroundColor,
        }));
        await page.close();
        assert.deepEqual(trouble, []);
        assert.equal(look.width, width);
        const [red = 0] = /\d+/.exec(look.background) ?? [];
        assert.equal(Number(red) > 128 ? 'light' : 'dark', colorScheme);
      });
    }
  }

  test('shows the place, its line and its stack, and text of the program as text', async () => {
    const { page } = await open('light', 1400);
    assert.equal(
      await page.locator('td.place strong').first().textContent(),
      'hashSync of bcryptjs, called in register',
    );
    assert.match((await page.locator('td.place pre').first().textContent()) ?? '', /hashSync\(password, 13\)/);
    await page.locator('summary').first().click();
    assert.ok(await page.locator('details li.own').first().isVisible());
    assert.match((await page.locator('h1').textContent()) ?? '', /<\/script><b>$/);
    assert.equal(await page.locator('h1 b').count(), 0);
    await page.close();
  });

  test('is walked through and zoomed by the keyboard', async () => {
    const { page } = await open('light', 1400);
    const focused = (): Promise<string | null | undefined> => page.evaluate(() => document.activeElement?.textContent);
    const note = page.locator('#flames .note');
    await page.locator('.cell').first().focus();
    assert.equal(await focused(), 'all blocked time');
    while ((await focused()) !== 'register') await page.keyboard.press('ArrowDown');
    assert.match((await note.textContent()) ?? '', /^register, .*package-call\.js:\d+: .* of the blocked time$/);
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.cell:not(.caller)').first().textContent(), 'register');
    // To its caller and back.
    await page.keyboard.press('ArrowUp');
    const caller = await focused();
    assert.notEqual(caller, 'register');
    assert.ok((await note.textContent())?.startsWith(`${caller}`));
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'register');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.cell.caller').count(), 0);
    await page.locator('#timeline svg').focus();
    await page.keyboard.press('ArrowRight');
    assert.match((await page.locator('#timeline .note').textContent()) ?? '', /in hashSync \(package-call\.js:\d+\)$/);
    await page.close();
  });

  test('names no other host', async () => {
    const html = await readFile(file, 'utf8');
    assert.doesNotMatch(html.replaceAll('http://www.w3.org/2000/svg', ''), /https?:\/\//);
  });
});
