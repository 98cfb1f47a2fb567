import { defineConfig, type UserConfig } from 'tsdown';

const plugins: UserConfig = {
  entry: {
    rollup: 'src/rollup.ts',
    vite: 'src/vite.ts',
    esbuild: 'src/esbuild.ts',
    webpack: 'src/webpack.ts',
    // webpack loads these by their files.
    'webpack-loader': 'src/webpack-loader.ts',
    'webpack-base': 'src/webpack-base.ts',
    register: 'src/register.ts',
    reader: 'src/reader.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  dts: true,
  sourcemap: true,
};

export default defineConfig(plugins);
