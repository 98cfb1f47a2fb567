import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { body } from './body.ts';
import { markdown } from './content.ts';
import type { Story } from './story.ts';

/** Fastify: the example of a plug-in that answers with Markdown files as HTML, in the Fastify that it was written for. */
export const fastifyMarkdown: Story = {
  name: 'fastify-markdown',
  what: 'a Fastify plug-in that renders Markdown files, run by its own example',
  package: 'fastify-markdown@0.4.0',
  isCheckout: true,
  beside: ['fastify@1.14.6'],
  uses: ['fastify', 'marked'],
  lay(folder) {
    writeFileSync(path.join(folder, 'Readme.md'), markdown(2_000_000));
    // Its port is fixed; before and after have to run beside each other.
    const example = path.join(folder, 'example/server.js');
    writeFileSync(
      example,
      readFileSync(example, 'utf8').replace(/^( *)\.listen\(3000/m, '$1.listen(Number(process.argv[2])'),
    );
  },
  command: (port) => ['node', 'example/server.js', String(port)],
  ready: /Server listening/,
  // It has one route; what it does not know it answers with 404.
  light: '/favicon.ico',
  heavyWork: 'a text of 2 MB',
  heavy: ({ origin }) => body(origin),
  changes: [{ file: 'fastify-markdown-1.diff', what: 'rendered in a thread' }],
};
