import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { missingHere } from './missing-here.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const isNewest = Number(process.versions.node.split('.')[0]) === 24;

/** The reason where no browser can be tested with. What a browser shows does not go by the version of Node: one will do. */
export const noChromium: string | false = isNewest
  ? missingHere("Chromium (Debian's chromium)", executablePath !== undefined)
  : 'not in this Node version: browsers are tested with on Node 24';

export function launchChromium(): Promise<Browser> {
  // In a container Chromium has no rights to make a sandbox, and what it is shown here is ours.
  return chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: ['--no-sandbox'] });
}
