// Runs the compiled tests (`npm run typecheck` compiles them) with the Node that runs this script, or with another one.
//
//   node scripts/test.ts [part of a file's path]... [--name pattern] [--node /path/to/node] [--compile]
import { parseArgs } from 'node:util';
import { run, tool } from './command.ts';
import { runTests } from './test-run.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string' },
    node: { type: 'string', default: process.execPath },
    compile: { type: 'boolean', default: false },
  },
});

if (values.compile) {
  run('npm', ['run', 'build', '--silent', '-w', 'heddle']);
  run(tool('tsc'), ['-p', 'packages/heddle/test']);
}
runTests({ node: values.node, paths: positionals, ...(values.name === undefined ? {} : { name: values.name }) });
