import path from 'node:path';
import { bundledHeddle, entryAsset } from './bundled-heddle.ts';
import { HEDDLE } from './calls.ts';
import { entryImported, entryJoined } from './entry-imported.ts';
import { ADDRESSED, hoist } from './hoist.ts';
import { fileOfModule, isSource, ownSpecifier, threadFileName } from './thread-id.ts';
import type { ThreadModule } from './thread-module.ts';

/** What the plug-in knows of a module of the bundler's. */
interface ModuleInfo {
  readonly isEntry: boolean;
  readonly importedIds: readonly string[];
}

type EmittedFile =
  | { readonly type: 'chunk'; readonly id: string; readonly name: string }
  | { readonly type: 'prebuilt-chunk'; readonly fileName: string; readonly code: string };

interface BundlerError {
  readonly message: string;
  readonly code?: string;
  readonly id?: string;
  readonly loc?: { readonly file: string; readonly line: number; readonly column: number };
}

interface Resolved {
  readonly id: string;
  readonly external?: boolean | 'absolute' | 'relative' | undefined;
  /** Rolldown's. */
  readonly packageJsonPath?: string | undefined;
}

/** What the plug-in uses of the bundler; Rollup, Rolldown, tsdown and Vite give it alike. */
interface PluginContext {
  readonly meta: { readonly rollupVersion: string; readonly rolldownVersion?: string | undefined };
  emitFile(file: EmittedFile): string;
  error(error: BundlerError): never;
  getModuleIds(): Iterable<string>;
  getModuleInfo(id: string): ModuleInfo | null;
  resolve(
    source: string,
    importer?: string,
    options?: { skipSelf: boolean; isEntry?: boolean },
  ): Promise<Resolved | null>;
}

/** The place of an emitted file that a chunk refers to. */
interface FileUrl {
  /** What emitting it gave. */
  readonly referenceId?: string;
  readonly fileName: string;
  readonly relativePath: string;
  readonly format: string;
}

interface Transformed {
  readonly code: string;
  readonly map: string;
}

/** A file of the output; only chunks have modules. */
interface OutputFile {
  readonly fileName: string;
  readonly facadeModuleId?: string | null;
  readonly sourcemapFileName?: string | null;
  readonly modules?: Readonly<Record<string, unknown>>;
}

/** A plug-in for Rollup and everything that takes Rollup's plug-ins. */
export interface HeddlePlugin {
  readonly name: string;
  readonly enforce: 'pre';
  readonly apply: 'build';
  readonly applyToEnvironment: (environment: { readonly config: { readonly consumer: string } }) => boolean;
  readonly buildStart: (
    this: PluginContext,
    options: { readonly input: readonly string[] | Readonly<Record<string, string>> },
  ) => void;
  readonly resolveId: (this: PluginContext, source: string, importer?: string) => Promise<Resolved | null | undefined>;
  readonly load: (this: PluginContext, id: string) => Transformed | Promise<{ readonly code: string }> | undefined;
  readonly transform: (this: PluginContext, code: string, id: string) => Transformed | undefined;
  readonly buildEnd: (this: PluginContext, error?: Error) => void;
  readonly outputOptions: <O extends object>(options: O) => O;
  readonly generateBundle: (this: PluginContext, options: unknown, bundle: Record<string, OutputFile>) => void;
  readonly resolveFileUrl: (file: FileUrl) => string | undefined;
}

/**
 * Imports the program's entries. Rollup puts modules into the order in which it gets to them from the entries, of which
 * it begins with the one whose name comes first in the alphabet: a program would run in the order of a thread's module.
 */
const PROGRAM = '\0heddle-program';

// What is deferred within a deferred function has two.
const MARK = /(?:\.heddle-thread-\d+)+(\.[cm]?[jt]sx?)$/;

/**
 * Gives each deferred function a chunk of its own, for Rollup, Rolldown, tsdown and Vite (SSR). Where `heddle` itself
 * is bundled, the file that its threads start with comes beside the bundle.
 *
 * @example
 * ```ts sketch of a build configuration
 * import heddle from '@heddle/unplugin/rollup';
 * export default { input: 'src/main.ts', plugins: [heddle()], output: { dir: 'dist', format: 'es' } };
 * ```
 */
export default function heddle(): HeddlePlugin {
  const modules = new Map<string, ThreadModule>();
  const emitted = new Set<string>();
  const urlsOf = new WeakMap<ThreadModule, string>();
  const entriesOfProgram = new Map<string, Resolved>();
  // Several builds may have one plug-in, at the same time.
  const inputs = new WeakMap<PluginContext, readonly string[]>();
  const isOwn = (id: string): boolean => id === PROGRAM || modules.has(id);
  const threadsOf = (file: string): ThreadModule[] =>
    [...modules].flatMap(([id, module]) => (id.replace(MARK, '$1') === file ? [module] : []));
  const urlOf = (reference: string): string => {
    emitted.add(reference);
    return `import.meta.ROLLUP_FILE_URL_${reference}`;
  };
  return {
    name: 'heddle',
    // The types are still there, and nothing has been renamed.
    enforce: 'pre',
    // Vite's: its server runs modules from its own memory, which no thread can load.
    apply: 'build',
    applyToEnvironment: ({ config }) => config.consumer === 'server',
    buildStart({ input }) {
      inputs.set(this, Object.values(input));
    },
    async resolveId(source, importer) {
      if (source === PROGRAM) return { id: PROGRAM };
      if (importer === PROGRAM) return entriesOfProgram.get(source);
      if (modules.has(source)) {
        // How a package's CommonJS is imported depends on the package.json of the importer.
        const resolved = await this.resolve(source.replace(MARK, '$1'), undefined, { skipSelf: true });
        return { id: source, packageJsonPath: resolved?.packageJsonPath };
      }
      if (source === ADDRESSED)
        return addressedModule((specifier) => this.resolve(specifier, importer, { skipSelf: true }));
      // What the thread's module imports is relative to the module it was taken from.
      if (importer !== undefined && modules.has(importer)) {
        return this.resolve(source, importer.replace(MARK, '$1'), { skipSelf: true });
      }
      return undefined;
    },
    load(id) {
      if (id === PROGRAM) return loadProgram(inputs.get(this) ?? [], entriesOfProgram, this);
      const module = modules.get(id);
      return module && { code: module.code, map: module.map().toString() };
    },
    transform(code, id) {
      const file = fileOfModule(id);
      if (file === undefined || id.startsWith('\0')) return undefined;
      const rewriteHeddle = bundledHeddle(code, file);
      if (rewriteHeddle !== undefined) {
        const rewritten = rewriteHeddle((entryFile) => {
          const { fileName, source } = entryAsset(entryFile);
          // Not as an asset: Vite takes those out of a bundle for servers.
          return `new URL(${urlOf(this.emitFile({ type: 'prebuilt-chunk', fileName, code: source }))})`;
        });
        return transformed(rewritten);
      }
      if (!isSource(file)) return undefined;
      // Where the bundler does not know yet, it may be.
      const isEntry = this.getModuleInfo(id)?.isEntry ?? true;
      const own = isEntry || modules.has(id) ? undefined : ownSpecifier(file);
      for (const known of modules.keys()) if (known !== id && known.replace(MARK, '$1') === file) modules.delete(known);
      const hoisted = hoist(code, file, { own });
      if (hoisted === undefined) return undefined;
      const [error] = hoisted.errors;
      if (error !== undefined) {
        const { line, column } = error;
        this.error({ code: error.code, message: error.message, id, loc: { file, line, column: column - 1 } });
      }
      if (this.meta.rolldownVersion === undefined)
        this.emitFile({ type: 'chunk', id: PROGRAM, name: 'heddle-program' });
      const source = id.replace(MARK, '$1');
      const isWithin = modules.has(id);
      const urls = hoisted.modules.map((module, index) => {
        // A function that defers itself would have modules without end.
        const recurring = isWithin ? threadsOf(source).find(({ key }) => key === module.key) : undefined;
        if (recurring !== undefined) return urlsOf.get(recurring);
        const at = file.replace(/(\.[cm]?[jt]sx?)$/, `.heddle-thread-${index}$1`);
        modules.set(at, module);
        // Rolldown tells emitted chunks apart by their names alone.
        const url = urlOf(this.emitFile({ type: 'chunk', id: at, name: threadFileName(file, index, process.cwd()) }));
        urlsOf.set(module, url);
        return url;
      });
      return transformed(hoisted.rewrite((index) => urls[index] as string));
    },
    buildEnd(error) {
      if (error !== undefined) return;
      const entries = [...this.getModuleIds()].filter((id) => this.getModuleInfo(id)?.isEntry && !isOwn(id));
      const [entry] = entries;
      // Of several, nobody knows which of them will be a program's.
      if (entry === undefined || entries.length > 1) return;
      for (const module of modules.keys()) {
        const importer = importerOf(entry, module, (id) => this.getModuleInfo(id));
        if (importer === undefined) continue;
        this.error({ code: 'HEDDLE_ENTRY_MODULE', message: entryImported(entry, importer.replace(MARK, '$1')) });
      }
    },
    outputOptions(options) {
      const { manualChunks } = options as { manualChunks?: unknown };
      if (entriesOfProgram.size === 0 || typeof manualChunks !== 'function') return options;
      // In a chunk with anything that a thread loads, it would make the thread run the program.
      const others = (id: string, ...more: unknown[]): unknown => (id === PROGRAM ? null : manualChunks(id, ...more));
      return { ...options, manualChunks: others };
    },
    generateBundle(_options, bundle) {
      for (const { fileName, facadeModuleId, sourcemapFileName, modules: joined = {} } of Object.values(bundle)) {
        if (facadeModuleId === PROGRAM) {
          delete bundle[fileName];
          delete bundle[sourcemapFileName ?? ''];
        }
        const ids = Object.keys(joined);
        if (!ids.some((id) => modules.has(id))) continue;
        const entry = ids.find((id) => this.getModuleInfo(id)?.isEntry && !isOwn(id));
        if (entry !== undefined) {
          this.error({ code: 'HEDDLE_ENTRY_MODULE', message: entryJoined(entry, fileName) });
        }
      }
    },
    resolveFileUrl({ referenceId, fileName, relativePath, format }) {
      // The program's options may give chunks other names, and not every bundler tells the reference.
      const isThreads = referenceId === undefined ? isNamedByHeddle(fileName) : emitted.has(referenceId);
      if (!isThreads) return undefined;
      // Vite's own answer is a path on its web server.
      return format === 'es'
        ? `new URL(${JSON.stringify(relativePath)}, import.meta.url).href`
        : `require('node:url').pathToFileURL(require('node:path').join(__dirname, ${JSON.stringify(relativePath)})).href`;
    },
  };
}

async function loadProgram(
  inputs: readonly string[],
  entries: Map<string, Resolved>,
  context: PluginContext,
): Promise<{ code: string }> {
  const found = await Promise.all(
    inputs.map((input) => context.resolve(input, undefined, { skipSelf: true, isEntry: true })),
  );
  for (const resolved of found) if (resolved) entries.set(resolved.id, resolved);
  const ids = found.flatMap((resolved) => resolved?.id ?? []).sort((a, b) => (a > b ? 1 : -1));
  return { code: ids.map((id) => `import ${JSON.stringify(id)};`).join('') };
}

/**
 * Where the program's heddle is loaded from its package, so is this part of it, whether the program's options name it or
 * not: the addresses that another heddle has been told are none to the program's.
 */
async function addressedModule(
  resolve: (specifier: string) => Promise<Resolved | null>,
): Promise<Resolved | undefined> {
  for (const specifier of HEDDLE) {
    const resolved = await resolve(specifier);
    if (resolved?.external && resolved.id === specifier) return { id: ADDRESSED, external: true };
  }
  return undefined;
}

function isNamedByHeddle(fileName: string): boolean {
  return path.posix.basename(fileName).startsWith('heddle-thread-');
}

function transformed({ code, map }: { code: string; map: { toString(): string } }): Transformed {
  return { code, map: map.toString() };
}

/** The module that imports `entry`, of those that a thread's module brings in. */
function importerOf(entry: string, from: string, infoOf: (id: string) => ModuleInfo | null): string | undefined {
  const reached = new Set([from]);
  for (const id of reached) {
    const info = infoOf(id);
    if (info?.importedIds.includes(entry)) return id;
    for (const imported of info?.importedIds ?? []) reached.add(imported);
  }
  return undefined;
}
