// Three applications of others from npm: what the doctor says of them, and how long a light request takes beside their
// heavy work before and after the changes that it led to. Writes results/stories.json and the figures in the guide.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { environment } from '../report/environment.ts';
import { diagnose } from './diagnose.ts';
import { eleventy } from './eleventy.ts';
import { fastifyMarkdown } from './fastify-markdown.ts';
import { committedResults, guide, resultsFile } from './files.ts';
import { withResults } from './guide.ts';
import { hads } from './hads.ts';
import { type Installed, install } from './install.ts';
import { measure, type Plan } from './measure.ts';
import type { Diagnosis, Latency, StoryResult, VariantResult } from './results.ts';
import type { Story } from './story.ts';

const { values: options } = parseArgs({
  options: {
    /** How often each variant has its turn, and for how many seconds. */
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    /** One of the stories; nothing is written. */
    only: { type: 'string' },
    /** Leaves the figures as they are, and asks the doctor again; or the other way round. */
    doctor: { type: 'boolean', default: false },
    latency: { type: 'boolean', default: false },
    /** Only writes the guide anew. */
    guide: { type: 'boolean', default: false },
  },
});

const all: readonly Story[] = [fastifyMarkdown, hads, eleventy];
const plan: Plan = { rounds: Number(options.rounds), phase: Number(options.seconds) * 1_000, interval: 10 };

if (options.guide) writeGuide();
else await run();

async function run(): Promise<void> {
  const measured = environment();
  const before = existsSync(resultsFile) ? committedResults() : undefined;
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-stories-'));
  const stories: StoryResult[] = [];
  try {
    for (const story of all) {
      if (options.only !== undefined && options.only !== story.name) continue;
      const installed = install(story, path.join(folder, story.name));
      console.log(`${story.package}, ${story.what}`);
      const known = before?.stories.find(({ name }) => name === story.name)?.variants;
      const doctors = options.latency && known ? known.map(({ doctor }) => doctor) : await diagnosed(story, installed);
      const latencies = options.doctor && known ? known : await measure(story, installed, plan);
      const { name, what, light, heavyWork } = story;
      const variants = installed.variants.map((variant, index) =>
        variantOf(variant.what, story.changes[index - 1]?.file, doctors[index], latencies[index]),
      );
      console.table(variants.map(({ what, light, heavy }) => ({ what, ...light, heavy: heavy.p50 })));
      stories.push({ name, what, package: story.package, versions: installed.versions, light, heavyWork, variants });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (options.only !== undefined) return;
  const about = options.doctor && before ? { ...before, stories } : { environment: measured, ...plan, stories };
  writeFileSync(resultsFile, `${JSON.stringify(about, null, 2)}\n`);
  writeGuide();
}

async function diagnosed(story: Story, installed: Installed): Promise<Diagnosis[]> {
  const all: Diagnosis[] = [];
  for (const variant of installed.variants) {
    const diagnosis = await diagnose(story, installed, variant);
    console.log(`\n${variant.what}:\n${diagnosis.text}\n`);
    all.push(diagnosis);
  }
  return all;
}

function variantOf(what: string, change: string | undefined, doctor?: Diagnosis, latency?: Latency): VariantResult {
  if (doctor === undefined || latency === undefined)
    throw new Error(`Nothing is known of "${what}": run without options.`);
  const { light, p99s, heavy } = latency;
  return { what, change: change ?? null, doctor, light, p99s, heavy };
}

function writeGuide(): void {
  writeFileSync(guide, withResults(readFileSync(guide, 'utf8'), committedResults()));
}
