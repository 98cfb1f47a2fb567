import { fileURLToPath } from 'node:url';
import type { Compilation, Compiler, Module, WebpackPluginInstance } from 'webpack';
import { OF_HEDDLE } from './bundled-heddle.ts';
import { entryImported } from './entry-imported.ts';
import { THREADS, threadIn, type WebpackModule, type WebpackThread } from './webpack-threads.ts';

const NAME = 'heddle';
const loader = fileURLToPath(new URL('./webpack-loader.mjs', import.meta.url));

/**
 * Gives each deferred function a file of its own beside the bundle, for webpack with `target: 'node'`, as ES modules
 * (`output.module`) or CommonJS.
 *
 * @example
 * ```ts sketch of a build configuration
 * import heddle from '@heddle/unplugin/webpack';
 * export default { entry: './src/main.js', target: 'node20', plugins: [heddle()] };
 * ```
 */
export default function heddle(): WebpackPluginInstance {
  return { apply };
}

function apply(compiler: Compiler): void {
  if ('rspackVersion' in compiler.webpack) {
    throw new Error(
      "Rspack tells plug-ins too little of its modules for @heddle/unplugin/webpack, which is webpack's. Leave it out: without " +
        'it, functions are captured at run time.',
    );
  }
  const { EntryPlugin, library } = compiler.webpack;
  const use = [{ loader }];
  // Before all others: the types are still there, and nothing has been renamed.
  compiler.options.module.rules.push(
    { enforce: 'pre', test: /\.[cm]?[jt]sx?$/, exclude: /[\\/]node_modules[\\/]/, use },
    { enforce: 'pre', test: OF_HEDDLE, include: /[\\/]node_modules[\\/]/, use },
  );
  compiler.hooks.afterEnvironment.tap(NAME, () => {
    new library.EnableLibraryPlugin(libraryType(compiler)).apply(compiler);
  });
  compiler.hooks.finishMake.tapPromise(NAME, async (compilation) => {
    const entries = [...compilation.entries.values()].flatMap(({ dependencies }) => dependencies);
    const added = new Set<string>();
    // What is built for a thread may defer as well.
    for (let found = threadsIn(compilation, added); found.length > 0; found = threadsIn(compilation, added)) {
      await Promise.all(
        found.map(({ request, filename }) => {
          const options = {
            name: filename.slice(0, -'.mjs'.length),
            filename,
            library: { type: libraryType(compiler) },
            // With a file for it (`optimization.runtimeChunk`), a module that webpack evaluates loses its exports.
            runtime: false as const,
          };
          added.add(request);
          return addEntry(compilation, EntryPlugin.createDependency(request, options), options);
        }),
      );
    }
    const [entry] = entries;
    const main = entry && compilation.moduleGraph.getModule(entry);
    // Of several entries, nobody knows which of them will be a program's.
    if (main && entries.length === 1) keepOut(compilation, main);
  });
}

function libraryType({ options: { output } }: Compiler): string {
  return output.module === true ? 'module' : 'commonjs2';
}

function threadsIn({ modules }: Compilation, added: ReadonlySet<string>): WebpackThread[] {
  const all = [...modules].flatMap((module) => (module as unknown as WebpackModule).buildInfo?.[THREADS] ?? []);
  return all.filter(({ request }) => !added.has(request));
}

function addEntry(
  compilation: Compilation,
  ...[dependency, options]: [Parameters<Compilation['addEntry']>[1], Parameters<Compilation['addEntry']>[2]]
): Promise<void> {
  return new Promise((resolve, reject) => {
    compilation.addEntry(compilation.compiler.context, dependency, options, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** The program's entry module must not get into what threads load. */
function keepOut(compilation: Compilation, main: Module): void {
  const { moduleGraph } = compilation;
  const resourceOf = (module: Module): string => (module as unknown as WebpackModule).resource ?? '';
  const reached = new Set(
    [...compilation.modules].filter((module) => threadIn(/\?.*$/.exec(resourceOf(module))?.[0] ?? '')),
  );
  for (const module of reached) {
    for (const connection of moduleGraph.getOutgoingConnections(module)) {
      const imported = connection.module;
      if (imported === main) {
        const message = entryImported(resourceOf(main), resourceOf(module).replace(/\?.*$/, ''));
        compilation.errors.push(new compilation.compiler.webpack.WebpackError(message));
        return;
      }
      if (imported) reached.add(imported);
    }
  }
}
