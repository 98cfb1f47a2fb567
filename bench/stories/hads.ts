import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { body } from './body.ts';
import { markdown } from './content.ts';
import type { Story } from './story.ts';

/** Express: documentation written in Markdown, rendered when it is asked for, with the code in it highlighted. */
export const hads: Story = {
  name: 'hads',
  what: 'an Express server for documentation in Markdown, with highlighted code',
  package: 'hads@3.0.3',
  isCheckout: true,
  uses: ['express', 'marked', 'highlight.js', 'pug'],
  lay(folder) {
    const documentation = path.join(folder, 'documentation');
    mkdirSync(documentation);
    writeFileSync(path.join(documentation, 'index.md'), `${markdown(3_000, 2)}\n[[index]]\n`);
    writeFileSync(path.join(documentation, 'manual.md'), `[[toc]]\n\n${markdown(300_000, 1)}`);
    for (let chapter = 1; chapter <= 20; chapter++) {
      writeFileSync(path.join(documentation, `chapter-${chapter}.md`), markdown(8_000, 100 + chapter));
    }
  },
  command: (port) => ['node', 'bin/hads', 'documentation', '--host', '127.0.0.1', '--port', String(port), '--readonly'],
  ready: /serving at/,
  light: '/_hads/css/style.css',
  heavyWork: 'a manual of 300 kB',
  async heavy({ origin }) {
    // When a file was last changed is in the page.
    return (await body(`${origin}/manual.md`)).replace(/Last modified[^<]*/i, '');
  },
  changes: [
    { file: 'hads-1.diff', what: 'pages made in a thread' },
    { file: 'hads-2.diff', what: 'templates compiled once' },
  ],
};
