import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { markdown, post } from './content.ts';
import type { Story } from './story.ts';

const POSTS = 300;
/** Milliseconds; no build takes as long. */
const PATIENCE = 5_000;

/** A builder of static sites that serves what it builds, and builds again when a file changes. */
export const eleventy: Story = {
  name: 'eleventy',
  what: 'Eleventy with its server, which builds the site again when a file changes',
  package: '@11ty/eleventy@3.1.8',
  isCheckout: false,
  uses: ['@11ty/eleventy', '@11ty/eleventy-dev-server', 'markdown-it', 'liquidjs'],
  lay(folder) {
    const write = (file: string, text: string): void => writeFileSync(path.join(folder, file), text);
    mkdirSync(path.join(folder, 'posts'));
    mkdirSync(path.join(folder, '_includes'));
    write('package.json', '{ "name": "site", "private": true }\n');
    write('eleventy.config.js', CONFIGURATION);
    write('style.css', 'body { font: 1rem/1.5 serif; max-width: 40rem; margin: auto }\n');
    write('_includes/page.html', PAGE);
    write('index.md', `---\nlayout: page.html\ntitle: Home\n---\n\n${markdown(1_000)}`);
    write('posts/posts.json', '{ "layout": "page.html" }\n');
    for (let number = 1; number <= POSTS; number++) write(`posts/post-${number}.md`, post(number, 12_000));
  },
  command: (port) => ['eleventy', '--serve', `--port=${port}`],
  ready: /Server at/,
  light: '/style.css',
  heavyWork: `a change in one of ${POSTS} posts, and all are built`,
  async heavy({ folder, says }) {
    const built = says(/File changed[^]*Wrote \d+ files/);
    const change = (): void => utimesSync(path.join(folder, 'posts/post-1.md'), new Date(), new Date());
    change();
    // It serves before it watches: the very first change may have come too early.
    const again = setInterval(change, PATIENCE);
    await built.finally(() => clearInterval(again));
    const hash = createHash('sha256');
    for (const file of globSync('_site/**/*.html', { cwd: folder }).sort()) {
      hash.update(file).update(readFileSync(path.join(folder, file)));
    }
    return hash.digest('hex');
  },
  changes: [
    { file: 'eleventy-1.diff', what: 'Markdown in a thread' },
    { file: 'eleventy-2.diff', what: 'files written asynchronously' },
  ],
};

const CONFIGURATION = `module.exports = function (eleventyConfig) {
  eleventyConfig.addPassthroughCopy('style.css');
  eleventyConfig.setServerOptions({ liveReload: false, portReassignmentRetryCount: 0 });
};
`;

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ title }}</title><link rel="stylesheet" href="/style.css"></head>
<body>{{ content }}</body>
</html>
`;
