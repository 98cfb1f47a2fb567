import { defineConfig, type UserConfig } from 'tsdown';

const library: UserConfig = {
  entry: { index: 'src/index.ts', cli: 'src/cli.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  dts: true,
  sourcemap: true,
};

export default defineConfig([library]);
