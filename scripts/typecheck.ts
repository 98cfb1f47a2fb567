// Type-checks every TypeScript project of the repository: sources, tests, examples, benches and scripts.
// The tests' projects also emit what scripts/test.ts runs; old output goes first, so that a deleted test stays deleted.
import { globSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run, tool } from './command.ts';
import { root, workspaces } from './workspace.ts';

const ignored = ['node_modules', 'build', 'dist', 'types', 'fixtures'];

const projects = [path.join(root, 'scripts'), ...workspaces().map(({ folder }) => folder)].flatMap((folder) =>
  globSync('**/tsconfig.json', { cwd: folder, exclude: (name) => ignored.includes(path.basename(name)) })
    .sort()
    .map((file) => path.relative(root, path.join(folder, file))),
);

for (const folder of globSync('packages/*/build/test', { cwd: root })) {
  rmSync(path.join(root, folder), { recursive: true });
}
for (const project of projects) run(tool('tsc'), ['-p', project]);
