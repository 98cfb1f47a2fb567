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

export default defineConfig([library]);
