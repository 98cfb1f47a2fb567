import type { Plugin, PluginBuild } from 'esbuild';
import { EsbuildThreads, type Format } from './esbuild-threads.ts';

/**
 * Gives each deferred function a file of its own beside the bundle, for esbuild with `format: 'esm'` or `'cjs'`. Where
 * `heddle` itself is bundled, so is the file that its threads start with.
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
      const format = formatOf(build);
      if (format !== undefined) new EsbuildThreads(build, format).install(build);
    },
  };
}

function formatOf({ initialOptions: { format, platform } }: PluginBuild): Format | undefined {
  if (format === 'esm' || format === 'cjs') return format;
  return format === undefined && platform === 'node' ? 'cjs' : undefined;
}
