import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RunningApplication } from './application.ts';
import type { Installed, Variant } from './install.ts';
import type { Diagnosis } from './results.ts';
import type { Story } from './story.ts';

const doctor = fileURLToPath(new URL('../../packages/doctor/dist/cli.mjs', import.meta.url));
/** How often the work is asked for, and milliseconds between two times: as a person does who tries it. */
const TIMES = 10;
const PAUSE = 300;

interface CallNode {
  readonly name: string;
  readonly place: string;
  readonly milliseconds: number;
  readonly children: readonly CallNode[];
}

/** Runs an application under the doctor. */
export async function diagnose(story: Story, installed: Installed, variant: Variant): Promise<Diagnosis> {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-story-'));
  try {
    const file = path.join(folder, 'report.json');
    const under = ['node', doctor, '--json', file, '--'];
    const output = await use(story, await RunningApplication.start(story, installed, variant, under));
    const begin = output.lastIndexOf('\nheddle doctor: ');
    if (begin < 0) throw new Error(`The doctor printed no report: ${output}`);
    // Its progress goes to the standard error, which comes in between.
    const text = output
      .slice(begin)
      .split('\n')
      .filter((line) => !line.startsWith('heddle-doctor: '))
      .join('\n')
      .trim();
    const { calls } = JSON.parse(readFileSync(file, 'utf8')) as { calls: CallNode };
    return { text: withoutPath(text, `${path.dirname(installed.modules)}/`), shares: sharesOf(calls) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns what was said while it was used */
async function use(story: Story, application: RunningApplication): Promise<string> {
  try {
    for (let time = 0; time < TIMES; time++) {
      await story.heavy(application);
      await sleep(PAUSE);
    }
  } finally {
    // It is another process, which would go on.
    await application.stop();
  }
  return application.stop();
}

/** Paths of shared packages as the application as published has them; a table breaks long ones, between any two characters. */
function withoutPath(text: string, folder: string): string {
  const characters = [...folder].map((character) => character.replace(/[\\^$.*+?()[\]{}|]/, '\\$&'));
  return text.replace(new RegExp(characters.join('(?:\\n\\s+)?'), 'g'), '');
}

/** Functions at least so much of the blocked time. */
const LEAST = 0.05;

function sharesOf(calls: CallNode): { name: string; share: number }[] {
  const times = new Map<string, number>();
  const add = ({ name, milliseconds, children }: CallNode, around: ReadonlySet<string>): void => {
    // Of a function that calls itself, the outermost call counts.
    if (name !== '' && !around.has(name)) times.set(name, (times.get(name) ?? 0) + milliseconds);
    for (const child of children) add(child, new Set(around).add(name));
  };
  for (const child of calls.children) add(child, new Set());
  return [...times]
    .map(([name, milliseconds]) => ({ name, share: Math.round((milliseconds / calls.milliseconds) * 100) / 100 }))
    .filter(({ share }) => share >= LEAST)
    .sort((a, b) => b.share - a.share);
}
