import type { SourceMap } from 'magic-string';
import { bundledHeddle } from './bundled-heddle.ts';
import { hoist } from './hoist.ts';
import { isSource, ownSpecifier } from './thread-id.ts';
import { pathWithin, threadsAlong } from './thread-path.ts';
import { base, fileOf, requestFor, THREADS, threadIn, type WebpackModule } from './webpack-threads.ts';

/** What the loader uses of webpack's loader context. */
interface LoaderContext {
  readonly resourcePath: string;
  readonly resourceQuery: string;
  readonly rootContext: string;
  readonly _module: WebpackModule;
  readonly _compilation: { readonly moduleGraph: { getIssuer(module: WebpackModule): unknown } };
  readonly _compiler: { readonly options: { readonly output: { readonly module?: boolean } } };
  callback(error: Error | null, code?: string, map?: unknown): void;
  emitError(error: Error): void;
}

/** Gives the deferred functions of a module addresses, or gives the module that makes one of them in a thread. */
export default function heddle(this: LoaderContext, code: string, map: unknown): void {
  const { resourcePath: file, resourceQuery, rootContext } = this;
  const unchanged = (): void => this.callback(null, code, map);
  const answer = (made: { readonly code: string; readonly map: SourceMap }): void => {
    this.callback(null, made.code, JSON.parse(made.map.toString()));
  };
  const rewriteHeddle = bundledHeddle(code, file);
  // The files that threads start with, webpack finds by itself.
  if (rewriteHeddle !== undefined) return answer(rewriteHeddle());
  if (!isSource(file)) return unchanged();

  const thread = threadIn(resourceQuery);
  // An entry is imported by nobody.
  const hasOwn = thread?.hasOwn ?? Boolean(this._compilation.moduleGraph.getIssuer(this._module));
  const own = hasOwn ? ownSpecifier(file) : undefined;
  const along = (thread && threadsAlong(code, file, { own }, thread.path)) ?? [];
  const module = along.at(-1);
  if (thread && !module) return this.callback(new Error(`${file}${resourceQuery} is not there any more.`));

  const hoisted = hoist(module?.code ?? code, file, { own: thread ? undefined : own });
  if (hoisted === undefined) return module ? answer({ code: module.code, map: module.map() }) : unchanged();
  for (const { message } of hoisted.errors) this.emitError(new Error(message));
  const isEsm = this._compiler.options.output.module === true;
  const threads = hoisted.modules.map((inner, index) => {
    const path = pathWithin(thread?.path ?? [], along, index, inner);
    return { request: requestFor(file, { path, hasOwn }), filename: fileOf(file, path, rootContext, isEsm) };
  });
  // Kept with the module, in webpack's caches too.
  this._module.buildInfo[THREADS] = threads;
  return answer(
    hoisted.rewrite(
      (index) => `$heddleBeside(${JSON.stringify(`./${threads[index]?.filename}`)})`,
      `import { beside as $heddleBeside } from ${JSON.stringify(base)};`,
    ),
  );
}
