import { defineConfig, type UserConfig } from 'tsdown';

const library: UserConfig = {
  entry: {
    index: 'src/index.ts',
    cli: 'src/cli.ts',
    'judge/judge': 'src/judge/judge.ts',
    // Runs in a thread of the program that is judged.
    'judge/observer': 'src/judge/observer/observer.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  dts: true,
  sourcemap: true,
};

// What runs in the user's program is loaded by `--require`: an ES module would start a loader there.
const inTheProgram: UserConfig = {
  entry: {
    'run/preload': 'src/run/preload.ts',
    'run/record': 'src/run/record.ts',
    'run/lookout-thread': 'src/run/lookout-thread.ts',
  },
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  dts: false,
  sourcemap: false,
  clean: false,
};

// A part of the report's page.
const page: UserConfig = {
  entry: { page: 'src/report/page/page.ts' },
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  dts: false,
  sourcemap: false,
  minify: true,
  clean: false,
  outputOptions: { entryFileNames: '[name].js' },
};

export default defineConfig([library, inTheProgram, page]);
