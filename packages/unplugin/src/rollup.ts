import { hoist } from './hoist.ts';

/** What the plug-in uses of the bundler; Rollup, Rolldown, tsdown and Vite give it alike. */
interface PluginContext {
  emitFile(file: { type: 'chunk'; id: string; name: string }): string;
  error(error: {
    message: string;
    code?: string;
    id?: string;
    loc?: { file: string; line: number; column: number };
  }): never;
  resolve(source: string, importer?: string, options?: { skipSelf: boolean }): Promise<unknown>;
}

/** A plug-in for Rollup and everything that takes Rollup's plug-ins. */
export interface HeddlePlugin {
  readonly name: string;
  readonly enforce: 'pre';
  readonly resolveId: (this: PluginContext, source: string, importer?: string) => unknown;
  readonly load: (id: string) => string | undefined;
  readonly transform: (this: PluginContext, code: string, id: string) => { code: string; map: string } | undefined;
}

const MARK = /\.heddle-thread-(\d+)(\.[cm]?[jt]sx?)$/;

/**
 * Gives each deferred function a chunk of its own, for Rollup, Rolldown, tsdown and Vite (SSR).
 *
 * `heddle` stays outside of the bundle: its threads start from a file of its package.
 *
 * @example
 * ```ts sketch of a build configuration
 * import heddle from '@heddle/unplugin/rollup';
 * export default { input: 'src/main.ts', plugins: [heddle()], output: { dir: 'dist', format: 'es' } };
 * ```
 */
export default function heddle(): HeddlePlugin {
  const modules = new Map<string, string>();
  let chunks = 0;
  return {
    name: 'heddle',
    // The types are still there, and nothing has been renamed.
    enforce: 'pre',
    resolveId(source, importer) {
      if (/^heddle(?:\/|$)/.test(source)) return { id: source, external: true };
      if (modules.has(source)) return source;
      // What the thread's module imports is relative to the module it was taken from.
      if (importer !== undefined && modules.has(importer)) {
        return this.resolve(source, importer.replace(MARK, '$2'), { skipSelf: true });
      }
      return undefined;
    },
    load: (id) => modules.get(id),
    transform(code, id) {
      const file = id.replace(/[?#].*$/, '');
      if (id.startsWith('\0') || modules.has(id) || !/\.[cm]?[jt]sx?$/.test(file)) return undefined;
      const hoisted = hoist(code, file, { bundled: true });
      if (hoisted === undefined) return undefined;
      const [error] = hoisted.errors;
      if (error !== undefined) {
        const { line, column } = error;
        this.error({ code: error.code, message: error.message, id, loc: { file, line, column: column - 1 } });
      }
      const urls = hoisted.modules.map((text, index) => {
        const module = file.replace(/(\.[cm]?[jt]sx?)$/, `.heddle-thread-${index}$1`);
        modules.set(module, text);
        // Rolldown tells emitted chunks apart by their names alone.
        return `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'chunk', id: module, name: `heddle-thread-${++chunks}` })}`;
      });
      const { code: rewritten, map } = hoisted.rewrite((index) => urls[index] as string);
      return { code: rewritten, map: map.toString() };
    },
  };
}
