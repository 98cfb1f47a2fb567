import { defineConfig, type Rolldown, type UserConfig } from 'tsdown';

/** Code, and not the declarations that are bundled beside it. */
const code = (place: string): RegExp => new RegExp(`/src/${place}.*(?<!\\.d)\\.ts$`);

// Each program has the text, and each thread its own: 150 kB of it are comments. Where a single character is not ASCII,
// V8 keeps all of a file's text in twice the memory.
const COMMENTS = { annotation: true, jsdoc: false, legal: true };

/**
 * Takes Node's modules from the process instead of importing them: an import makes a module of each and reads every export,
 * also those for which Node loads more than this needs (streams and promises, decoders), a fifth of what `heddle` takes to
 * be imported. Not `module`: webpack bundles what the imported `createRequire` requires.
 */
const nodesModules: Rolldown.Plugin = {
  name: 'nodes-modules',
  renderChunk(text, { fileName }) {
    // Declarations import types.
    if (!fileName.endsWith('.mjs')) return null;
    // Each import stands in a line of its own, as what stands for it does: the source map goes on to fit.
    return text.replaceAll(/^import (.+) from "(node:(?!module")[\w/]+)";$/gm, fromProcess);
  },
};

function fromProcess(_import: string, bindings: string, module: string): string {
  const [, whole, names] = /^(\w*)(?:, )?(.*)$/.exec(bindings) ?? [];
  return [whole, names?.replaceAll(' as ', ': ')]
    .filter((bound) => bound !== '')
    .map((bound) => `const ${bound} = process.getBuiltinModule("${module}");`)
    .join(' ');
}

const library: UserConfig = {
  entry: {
    index: 'src/index.ts',
    'defer/index': 'src/defer/index.ts',
    'reactor/index': 'src/reactor/index.ts',
    'task/index': 'src/task/index.ts',
    'threads/index': 'src/threads/index.ts',
    'thread/index': 'src/thread/index.ts',
    'threads/inspect': 'src/threads/inspect.ts',
    'threads/addressed': 'src/threads/callable/addressed.ts',
    'testing/index': 'src/testing/index.ts',
    'watchdog/index': 'src/watchdog/index.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  dts: true,
  sourcemap: true,
  plugins: [nodesModules],
  // Each file takes a program 0.4 ms to import, whatever is in it: few of them, and none that brings an entry much that
  // it does not need. A group has with it what its modules import: `in-thread` is for `thread` and `threads/addressed`.
  outputOptions: {
    comments: COMMENTS,
    codeSplitting: {
      groups: [
        { name: 'defer', test: code('defer/'), priority: 4 },
        {
          name: 'in-thread',
          test: code(
            'threads/(transfer|wire/(inside|errors/reactor-call-error)|callable/(addressed|place-of-function))',
          ),
          priority: 3,
        },
        { name: 'watchdog', test: code('watchdog/'), priority: 2 },
        { name: 'threads', test: code('(reactor|task|threads(?!/entry))/'), priority: 1 },
      ],
    },
  },
};

// A thread starts 4 to 8 ms sooner from CommonJS than from an ES module (Node 20 to 24). It reads 25 kB in a millisecond.
const inThread: UserConfig = {
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  dts: false,
  // With a map, stacks could not be cut where Heddle's own frames begin, and each thread would read it first.
  sourcemap: false,
  outputOptions: { comments: COMMENTS },
  // Each thread keeps the text. The names of functions stay, for whoever has to read a stack.
  minify: { compress: true, mangle: { toplevel: false, keepNames: true }, codegen: { removeWhitespace: true } },
  clean: false,
};

export default defineConfig([
  library,
  { ...inThread, entry: { 'threads/entry/thread': 'src/thread-file.ts' } },
  { ...inThread, entry: { 'watchdog/entry/watcher': 'src/watcher-file.ts' } },
]);
