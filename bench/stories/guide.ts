import { readFileSync } from 'node:fs';
import type { Results, StoryResult } from './results.ts';

/** What the guide shows of the results, part by part: `<!-- hads doctor -->` begins one, `<!-- end -->` ends it. */
export function withResults(page: string, results: Results): string {
  return page.replace(/(<!-- (\S+) (\S+) -->\n)[^]*?(<!-- end -->)/g, (_, begin, name, part, end) => {
    return `${begin}\n${partOf(results, name, part)}\n\n${end}`;
  });
}

function partOf(results: Results, name: string, part: string): string {
  if (name === 'all') return machine(results);
  const story = results.stories.find((one) => one.name === name);
  if (story === undefined) throw new Error(`There are no results of ${name}, which the guide shows.`);
  switch (part) {
    case 'doctor':
      return fence('text', story.doctor.text);
    case 'shares':
      return shares(story);
    case 'latency':
      return latency(story);
    default:
      return fence('diff', change(story, Number(part)));
  }
}

/** @param at from 1, as in the guide */
function change(story: StoryResult, at: number): string {
  const file = story.variants[at]?.change;
  if (file === undefined) throw new Error(`${story.name} has no change ${at}, which the guide shows.`);
  return readFileSync(new URL(`changes/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => !/^(diff|new file mode|---) /.test(line))
    .join('\n')
    .trim();
}

function shares({ doctor }: StoryResult): string {
  const rows = doctor.shares.map(({ name, share }) => `| \`${name}\` | ${Math.round(share * 100)} % |`);
  return ['| function, and what it calls | of the blocked time |', '|---|---:|', ...rows].join('\n');
}

function latency({ light, heavyWork, variants }: StoryResult): string {
  const rows = variants.map(
    ({ what, light, heavy }) =>
      `| ${what} | ${ms(light.p50)} | ${ms(light.p99)} | ${ms(light.max)} | ${ms(heavy.p50)} |`,
  );
  return [
    `| | \`${light}\` p50 | p99 | max | ${heavyWork}: p50 |`,
    '|---|---:|---:|---:|---:|',
    ...rows,
  ].join('\n');
}

function machine({ environment, rounds, phase, interval, stories }: Results): string {
  const { node, platform, cores, date, load } = environment;
  const versions = stories
    .map((story) => `${story.package} with ${Object.entries(story.versions).map((entry) => entry.join(' ')).join(', ')}`)
    .join('; ');
  return `Node ${node}, ${platform}, ${cores} cores, ${date.slice(0, 10)}, load ${load} before the run; ${versions}. A light request was due every ${interval} ms, in ${rounds} rounds of ${phase / 1_000} s for each row, in turns.`;
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function ms(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  return `${Math.round(milliseconds).toLocaleString('en-US')} ms`;
}
