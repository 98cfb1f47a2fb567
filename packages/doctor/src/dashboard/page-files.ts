import { readFile } from 'node:fs/promises';

interface PageFile {
  readonly name: string;
  readonly type: string;
}

/** What the page consists of, by the path of its address. All of it is in this package. */
const files: Readonly<Record<string, PageFile>> = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { name: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/page.css': { name: 'page.css', type: 'text/css; charset=utf-8' },
  '/uplot.css': { name: 'uplot.css', type: 'text/css; charset=utf-8' },
  '/icon.svg': { name: 'icon.svg', type: 'image/svg+xml' },
};

/** The file at a path, or undefined where there is none. */
export async function pageFile(path: string): Promise<{ readonly type: string; readonly bytes: Buffer } | undefined> {
  if (!Object.hasOwn(files, path)) return undefined;
  const { name, type } = files[path] as PageFile;
  // Beside the module that this has been built into.
  return { type, bytes: await readFile(new URL(`page/${name}`, import.meta.url)) };
}
