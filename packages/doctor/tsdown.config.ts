import { defineConfig, type UserConfig } from 'tsdown';

const library: UserConfig = {
  entry: { index: 'src/index.ts', cli: 'src/cli.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  dts: true,
  sourcemap: true,
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

export default defineConfig([library, page]);
