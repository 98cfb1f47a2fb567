import { defineConfig, type UserConfig } from 'tsdown';

const plugins: UserConfig = {
  entry: { rollup: 'src/rollup.ts', esbuild: 'src/esbuild.ts', register: 'src/register.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  dts: true,
  sourcemap: true,
};

export default defineConfig(plugins);
