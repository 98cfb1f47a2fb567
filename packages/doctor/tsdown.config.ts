import { defineConfig, type UserConfig } from 'tsdown';

const library: UserConfig = {
  entry: {
    index: 'src/index.ts',
    cli: 'src/cli.ts',
    'judge/judge': 'src/judge/judge.ts',
    // Runs in a thread of the program that is judged.
    'judge/observer': 'src/judge/observer/observer.ts',
    // For the tests.
    'dashboard/format': 'src/dashboard/format.ts',
    'report/report': 'src/report/report.ts',
    'report/text': 'src/report/text.ts',
    'run/sampled-culprit': 'src/run/sampled-culprit.ts',
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

// For the tests, and nothing that the program loads.
const recorder: UserConfig = { ...inTheProgram, entry: { 'run/recorder': 'src/run/recorder.ts' }, dts: true };

// A part of the report's page.
const reportPage: UserConfig = {
  entry: { 'report-page': 'src/report/page/page.ts' },
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  dts: false,
  sourcemap: false,
  minify: true,
  clean: false,
  outputOptions: { entryFileNames: '[name].js' },
};

// What the dashboard sends to browsers, uPlot included.
const page: UserConfig = {
  entry: { page: 'src/dashboard/page/main.ts' },
  outDir: 'dist/page',
  format: 'esm',
  platform: 'browser',
  target: 'es2023',
  tsconfig: 'src/dashboard/page/tsconfig.json',
  dts: false,
  minify: true,
  outExtensions: () => ({ js: '.js' }),
  deps: { alwaysBundle: ['uplot'] },
  copy: [
    { from: 'src/dashboard/page/{index.html,icon.svg,page.css}', to: 'dist/page' },
    { from: '../../node_modules/uplot/LICENSE', to: 'dist/page', rename: 'uplot.LICENSE' },
    { from: '../../node_modules/uplot/dist/uPlot.min.css', to: 'dist/page', rename: 'uplot.css' },
  ],
};

export default defineConfig([library, inTheProgram, recorder, reportPage, page]);
