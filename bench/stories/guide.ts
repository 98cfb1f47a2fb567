import { readFileSync } from 'node:fs';
import type { Results, StoryResult, VariantResult } from './results.ts';

/**
 * What the guide shows of the results, part by part: `<!-- hads doctor-1 -->`, what the doctor says
 * after its first change, begins one, and `<!-- end -->` ends it.
 */
export function withResults(page: string, results: Results): string {
  return page.replace(/(<!-- (\S+) (\S+)(.*) -->\n)[^]*?(<!-- end -->)/g, (_, begin, name, part, words, end) => {
    return `${begin}\n${partOf(results, name, part, words.split(' ').filter(Boolean))}\n\n${end}`;
  });
}

function partOf(results: Results, name: string, part: string, words: readonly string[]): string {
  if (name === 'all') return part === 'summary' ? summary(results) : machine(results);
  const story = results.stories.find((one) => one.name === name);
  if (story === undefined) throw new Error(`There are no results of ${name}, which the guide shows.`);
  const [what, at] = part.split('-');
  const variant = story.variants[Number(at ?? 0)];
  if (variant === undefined) throw new Error(`${name} has no change ${at}, which the guide shows.`);
  switch (what) {
    case 'doctor':
      return fence('text', variant.doctor.text);
    case 'shares':
      return shares(variant, words);
    case 'change':
      return fence('diff', change(variant));
    case 'latency':
      return latency(story);
    default:
      throw new Error(`The guide asks for ${part} of ${name}, and there is no such part.`);
  }
}

function change({ change, what }: VariantResult): string {
  if (change === null) throw new Error(`The guide shows the change of "${what}", which is none.`);
  return readFileSync(new URL(`changes/${change}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => !/^(diff|new file mode|---) /.test(line))
    .join('\n')
    .trim();
}

/** @param names of functions, as `<!-- hads shares marked highlight -->` lists them */
function shares({ doctor, what }: VariantResult, names: readonly string[]): string {
  const rows = names.map((name) => {
    const found = doctor.shares.find((one) => one.name === name);
    if (found === undefined) throw new Error(`The guide shows ${name}, which had no part in what blocked "${what}".`);
    return `| \`${name}\` | ${Math.round(found.share * 100)} % |`;
  });
  return ['| function, with all that it calls | of the blocked time |', '|---|---:|', ...rows].join('\n');
}

function latency({ light, heavyWork, variants }: StoryResult): string {
  const rows = variants.map(
    ({ what, light, heavy }) =>
      `| ${what} | ${ms(light.p50)} | ${ms(light.p99)} | ${ms(light.max)} | ${ms(heavy.p50)} |`,
  );
  return [`| | \`${light}\` p50 | p99 | max | ${heavyWork}: p50 |`, '|---|---:|---:|---:|---:|', ...rows].join('\n');
}

function summary({ stories }: Results): string {
  const rows = stories.map(({ what, variants }) => {
    const [before, after] = [variants[0], variants.at(-1)];
    if (before === undefined || after === undefined) throw new Error(`Nothing was measured of ${what}.`);
    const helped = variants.slice(1).map((variant) => variant.what);
    return `| ${what} | ${ms(before.light.p99)} | ${ms(after.light.p99)} | ${helped.join('; ')} |`;
  });
  return ['| | a light request, p99 | after the changes | which are |', '|---|---:|---:|---|', ...rows].join('\n');
}

function machine({ environment, rounds, phase, interval, stories }: Results): string {
  const { node, platform, cores, date, load } = environment;
  const applications = stories.map((story) => {
    const others = Object.entries(story.versions).filter(([name]) => !story.package.startsWith(`${name}@`));
    return `- ${story.package}, with ${others.map((other) => other.join(' ')).join(', ')}`;
  });
  return `Node ${node}, ${platform}, ${cores} cores, ${date.slice(0, 10)}, load ${load} before the run. A light request was due every
${interval} ms, in ${rounds} rounds of ${phase / 1_000} s for each row, in turns; its latency counts from the moment at which it was due.

${applications.join('\n')}`;
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function ms(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  return `${Math.round(milliseconds).toLocaleString('en-US')} ms`;
}
