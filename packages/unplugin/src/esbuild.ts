import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Loader, Plugin } from 'esbuild';
import { hoist } from './hoist.ts';

const NAMESPACE = 'heddle-thread';

/**
 * Gives each deferred function a file of its own beside the bundle, for esbuild with `format: 'esm'`.
 *
 * `heddle` stays outside of the bundle: its threads start from a file of its package.
 *
 * @example
 * ```ts sketch of a build configuration
 * import { build } from 'esbuild';
 * import heddle from '@heddle/unplugin/esbuild';
 * await build({ entryPoints: ['src/main.ts'], bundle: true, platform: 'node', format: 'esm', outdir: 'dist', plugins: [heddle()] });
 * ```
 */
export default function heddle(): Plugin {
  return {
    name: 'heddle',
    setup(build) {
      const { initialOptions } = build;
      if (initialOptions.format !== 'esm') return;
      const modules = new Map<string, { text: string; file: string }>();

      build.onResolve({ filter: /^heddle(\/|$)/ }, ({ path: specifier }) => ({ path: specifier, external: true }));
      build.onResolve({ filter: /^heddle-thread:/ }, ({ path: specifier }) => ({
        path: specifier.slice('heddle-thread:'.length),
        namespace: NAMESPACE,
      }));

      build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, async ({ path: file }) => {
        if (file.includes(`${path.sep}node_modules${path.sep}`)) return undefined;
        const hoisted = hoist(await readFile(file, 'utf8'), file, { bundled: true });
        if (hoisted === undefined) return undefined;
        if (hoisted.errors.length > 0) {
          return {
            errors: hoisted.errors.map(({ message, line, column }) => ({
              text: message,
              location: { file, line, column: column - 1 },
            })),
          };
        }
        const imports = hoisted.modules.map((text, index) => {
          const id = `${file}.${index}.mjs`;
          modules.set(id, { text, file });
          return `import $heddleThread${index} from ${JSON.stringify(`heddle-thread:${id}`)};`;
        });
        const { code, map } = hoisted.rewrite((index) => `new URL($heddleThread${index}, import.meta.url)`);
        const contents = `${code}\n${imports.join('')}\n//# sourceMappingURL=${map.toUrl()}`;
        return { contents, loader: loaderOf(file), resolveDir: path.dirname(file) };
      });

      // esbuild takes no entries while it works, so each thread's module is built by itself and placed as a file.
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path: id }) => {
        const module = modules.get(id);
        if (module === undefined) return { errors: [{ text: `There is no ${id}.` }] };
        const { file, text } = module;
        const { entryPoints: _entries, outdir: _outdir, plugins = [], ...options } = initialOptions;
        const built = await build.esbuild.build({
          ...options,
          stdin: { contents: text, resolveDir: path.dirname(file), sourcefile: file, loader: loaderOf(file) },
          plugins: plugins.filter(({ name }) => name !== 'heddle'),
          external: [...(options.external ?? []), 'heddle', 'heddle/*'],
          bundle: true,
          splitting: false,
          sourcemap: options.sourcemap ? 'inline' : false,
          metafile: false,
          write: false,
          outfile: 'thread.mjs',
        });
        return { contents: built.outputFiles?.[0]?.contents ?? new Uint8Array(), loader: 'file' };
      });
    },
  };
}

function loaderOf(file: string): Loader {
  return path.extname(file).replace(/^\.[cm]?/, '') as Loader;
}
