/** Inputs that several packages are given. */

export const text = 'The shuttle never stops while the heddle holds the threads apart. '.repeat(40);

export const changedText = text.replaceAll('never stops', 'stops now and then');

export const markdown = [
  '# A loom',
  '',
  'It has *heddles*, a **shuttle** and a [manual](https://example.com "Manual").',
  '',
  '- warp',
  '- weft',
  '',
  '| part | count |',
  '|---|---|',
  '| heddle | 2 |',
  '',
  '```js',
  'weave(1 < 2);',
  '```',
  '',
].join('\n');

export const html = '<p onclick="steal()">Some <b>bold</b> text<script>alert(1)</script></p>';

export const javaScript =
  'const half = (n) => n / 2; // not a whole one\nexport default class Loom { threads = [half(8), `x`] }\n';

export const sql =
  "SELECT o.id, count(*) AS n FROM orders o JOIN users u ON u.id = o.user_id WHERE u.name = 'Ada' GROUP BY o.id";

export const records = [
  { id: 1, name: 'warp', note: 'a "quoted" word' },
  { id: 2, name: 'weft', note: 'two\nlines' },
];
