import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { placesTable } from './places-table.ts';
import type { Report } from './report.ts';
import { escaped } from './escaped.ts';
import { style } from './style.ts';
import { blockCount, duration, ending, percent } from './words.ts';

/** The report as one page that loads nothing: the browser would not even let it. */
export function htmlReport(report: Report): string {
  const script = readFileSync(new URL('./report-page.js', import.meta.url), 'utf8').replaceAll(
    '</script',
    '<\\/script',
  );
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src '${hashOf(script)}'`;
  const title = escaped(report.command.join(' '));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title} – heddle doctor</title>
<style>${style}</style>
</head>
<body>
<header>
<p class="name">heddle doctor</p>
<h1>${title}</h1>
${numbers(report)}
</header>
<main>
<section aria-labelledby="places-title">
<h2 id="places-title">What blocked the loop</h2>
${placesTable(report)}
</section>
<section aria-labelledby="timeline-title">
<h2 id="timeline-title">When</h2>
<div id="timeline"></div>
</section>
<section aria-labelledby="flames-title">
<h2 id="flames-title">What ran meanwhile</h2>
<p class="legend"><span class="own">your code</span> <span class="package">packages</span> <span class="node">Node</span></p>
<div id="flames"></div>
</section>
${notes(report)}
</main>
<script type="application/json" id="report">${JSON.stringify(report).replaceAll('<', '\\u003c')}</script>
<script>${script}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function numbers(report: Report): string {
  const { duration: ran, blocked, longest, threshold, exitCode, signal, began } = report;
  const items: [string, string][] = [
    ['blocked', `${duration(blocked)} (${percent(blocked, ran)})`],
    ['longest', duration(longest)],
    ['blocks', `${blockCount(report)} over ${duration(threshold)}`],
    ['ran', `${duration(ran)}, ${ending(exitCode, signal)}`],
    ['began', new Date(began).toISOString().replace('T', ' ').slice(0, 19)],
  ];
  const list = items.map(([name, value]) => `<div><dt>${name}</dt><dd>${escaped(value)}</dd></div>`).join('\n');
  return `<dl class="numbers">\n${list}\n</dl>`;
}

function notes({ notes }: Report): string {
  if (notes.length === 0) return '';
  const items = notes.map((note) => `<li>${escaped(note)}</li>`).join('\n');
  return `<section aria-labelledby="notes-title">\n<h2 id="notes-title">What could not be had</h2>\n<ul>\n${items}\n</ul>\n</section>`;
}
