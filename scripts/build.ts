// Builds every workspace that has a build script, dependencies first.
import { run } from './command.ts';
import { workspaces } from './workspace.ts';

for (const { name, scripts } of workspaces()) {
  if (scripts.build !== undefined) run('npm', ['run', 'build', '--silent', '-w', name]);
}
