import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BuildFailure, BuildOptions, BuildResult, OnEndResult, OnLoadResult, Plugin, PluginBuild } from 'esbuild';
import { bundledHeddle, entryAsset, OF_HEDDLE } from './bundled-heddle.ts';
import { entryImported } from './entry-imported.ts';
import { EsbuildEntries } from './esbuild-entries.ts';
import { EsbuildShared } from './esbuild-shared.ts';
import { hoist } from './hoist.ts';
import { isSource, ownSpecifier, threadFileName } from './thread-id.ts';
import type { ThreadModule } from './thread-module.ts';

export type Format = 'esm' | 'cjs';

const THREAD = 'heddle-thread';
const ENTRY = 'heddle-thread-entry';
const PLACE = 'heddle-threads';
const PLACE_FILE = 'threads.txt';
const PLACE_TEXT = 'The threads of the program load the files beside this one.\n';

interface Source {
  readonly file: string;
  /** What tells it from what else is taken from the same file. */
  readonly id: string;
  /** What a thread's module imports it as. */
  readonly own: string | undefined;
  /** An expression for the URL of a file in the folder of the threads' modules. */
  readonly place: string;
}

/**
 * The modules for threads of one build. esbuild takes no new entries while it builds, so they are built afterwards,
 * all at once, into the folder of a file that the first build has placed.
 */
export class EsbuildThreads {
  readonly #esbuild: PluginBuild['esbuild'];
  readonly #options: BuildOptions;
  readonly #format: Format;
  readonly #entries: EsbuildEntries;
  readonly #folder: string;
  readonly #wantsMetafile: boolean;
  readonly #wantsMangleCache: boolean;
  /** By the names of their files, without the extension. */
  readonly #modules = new Map<string, { readonly module: ThreadModule; readonly file: string }>();

  constructor({ esbuild, initialOptions }: PluginBuild, format: Format) {
    this.#esbuild = esbuild;
    this.#options = initialOptions;
    this.#format = format;
    this.#folder = path.resolve(initialOptions.absWorkingDir ?? process.cwd());
    this.#entries = new EsbuildEntries(initialOptions.entryPoints, this.#folder);
    this.#wantsMetafile = initialOptions.metafile === true;
    // It tells where files have been placed.
    initialOptions.metafile = true;
    this.#wantsMangleCache = initialOptions.mangleCache !== undefined;
    // It tells which names the program's objects have their properties by.
    if (initialOptions.mangleProps !== undefined) initialOptions.mangleCache ??= {};
  }

  install(build: PluginBuild): void {
    // Each build of a watch loads all modules again.
    build.onStart(() => this.#modules.clear());
    this.#answer(build, '$heddleThreads');
    build.onEnd((result) => this.#finish(result));
  }

  /** @param place an expression for the URL of a file in the folder of the threads' modules */
  #answer(build: PluginBuild, place: string): void {
    for (const namespace of [THREAD, ENTRY, PLACE]) {
      build.onResolve({ filter: new RegExp(`^${namespace}:`) }, ({ path: specifier }) => {
        return { path: specifier.slice(namespace.length + 1), namespace };
      });
    }
    build.onLoad({ filter: /.*/, namespace: THREAD }, ({ path: name }) => this.#loadEntry(name));
    build.onLoad({ filter: /.*/, namespace: PLACE }, ({ path: name }) => {
      if (name === PLACE_FILE) return { contents: PLACE_TEXT, loader: 'file' };
      // In one module with the file's address, which is relative to the chunk that this module becomes a part of.
      const contents = `import file from '${PLACE}:${PLACE_FILE}'; export default new URL(file, ${this.#here});`;
      return { contents, loader: 'js' };
    });
    build.onLoad({ filter: /.*/, namespace: ENTRY }, ({ path: file }) => {
      return { contents: entryAsset(file).source, loader: 'file' };
    });
    build.onLoad({ filter: OF_HEDDLE, namespace: 'file' }, async ({ path: file }) => {
      const rewrite = bundledHeddle(await readFile(file, 'utf8'), file);
      if (rewrite === undefined) return undefined;
      const imports: string[] = [];
      const { code, map } = rewrite((entryFile) => {
        const name = `$heddleEntry${imports.length}`;
        imports.push(`import ${name} from ${JSON.stringify(`${ENTRY}:${entryFile}`)};`);
        return `new URL(${name}, ${this.#here})`;
      });
      return { contents: `${code}\n${imports.join('\n')}\n//# sourceMappingURL=${map.toUrl()}`, loader: 'js' };
    });
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, async ({ path: file, suffix }) => {
      const thread = this.#loadThread(suffix, place);
      if (thread !== undefined) return thread;
      if (!isSource(file)) return undefined;
      const own = this.#entries.mayBe(file) ? undefined : ownSpecifier(file);
      return this.#load(await readFile(file, 'utf8'), { file, id: file, own, place });
    });
  }

  /** A module whose deferred functions have addresses; undefined where it has none. */
  #load(text: string, { file, id, own, place }: Source): OnLoadResult | undefined {
    const hoisted = hoist(text, file, { own });
    if (hoisted === undefined) return undefined;
    if (hoisted.errors.length > 0) {
      return {
        errors: hoisted.errors.map(({ message, line, column }) => {
          return { text: message, location: { file, line, column: column - 1 } };
        }),
      };
    }
    if (hoisted.modules.length > 0 && this.#isForWebServers) {
      const text = `publicPath '${this.#options.publicPath}' makes addresses on a web server of the files that threads load. Leave it out of a build for Node.`;
      return { errors: [{ text, location: { file } }] };
    }
    const names = hoisted.modules.map((module, index) => {
      const recurring = id === file ? undefined : this.#nameOf(file, module);
      if (recurring !== undefined) return recurring;
      const name = threadFileName(id, index, this.#folder);
      this.#modules.set(name, { module, file });
      return name;
    });
    const { code, map } = hoisted.rewrite(
      (index) => `new URL('./${names[index]}.${this.#extension}', ${place}).href`,
      place.includes('$heddleThreads') ? `import $heddleThreads from '${PLACE}:url';` : '',
    );
    return {
      contents: `${code}\n//# sourceMappingURL=${map.toUrl()}`,
      loader: 'default',
      resolveDir: path.dirname(file),
    };
  }

  /** A function that defers itself would have modules without end. */
  #nameOf(file: string, { key }: ThreadModule): string | undefined {
    return [...this.#modules].find(([, known]) => known.file === file && known.module.key === key)?.[0];
  }

  /**
   * What is built for a thread imports its module by the file that it was taken from, with its name as the query: what
   * `tsconfig.json` and `package.json` say goes only for what esbuild itself has found in the folders they are for.
   */
  #loadEntry(name: string): OnLoadResult {
    const known = this.#modules.get(name);
    if (known === undefined) return { errors: [{ text: `There is no ${name}.` }] };
    const specifier = `${ownSpecifier(known.file)}?${name}`;
    return {
      contents: `export { $0 } from ${JSON.stringify(specifier)};`,
      loader: 'js',
      resolveDir: path.dirname(known.file),
    };
  }

  /** The module for a thread that a query is the name of; undefined of any other query. */
  #loadThread(query: string, place: string): OnLoadResult | undefined {
    const name = query.slice(1);
    const known = this.#modules.get(name);
    if (known === undefined) return undefined;
    const { file, module } = known;
    // What is deferred within a deferred function has a module of its own.
    const id = path.join(path.dirname(file), `${name}${path.extname(file)}`);
    return (
      this.#load(module.code, { file, id, own: undefined, place }) ?? {
        contents: `${module.code}\n//# sourceMappingURL=${module.map().toUrl()}`,
        loader: 'default',
        resolveDir: path.dirname(file),
      }
    );
  }

  async #finish(result: BuildResult): Promise<OnEndResult | undefined> {
    const outputs = Object.entries(result.metafile?.outputs ?? {});
    const [place] =
      outputs.find(([, { inputs }]) => Object.keys(inputs).some((input) => input.startsWith(`${PLACE}:`))) ?? [];
    const { mangleCache } = result;
    if (!this.#wantsMetafile) delete (result as { metafile?: unknown }).metafile;
    if (!this.#wantsMangleCache) delete (result as { mangleCache?: unknown }).mangleCache;
    if (place === undefined || result.errors.length > 0) return undefined;
    const folder = path.dirname(path.resolve(this.#folder, place));
    try {
      let count: number;
      let built: BuildResult;
      do {
        count = this.#modules.size;
        built = await this.#esbuild.build({ ...this.#threadOptions(folder), ...(mangleCache && { mangleCache }) });
        // Those within others are known only when the others have been read.
      } while (this.#modules.size > count);
      result.outputFiles?.push(...(built.outputFiles ?? []));
      return { warnings: built.warnings };
    } catch (error) {
      return { errors: (error as Partial<BuildFailure>).errors ?? [{ text: String(error) }] };
    }
  }

  /** The program's own options, as far as they say how code is compiled. */
  #threadOptions(outdir: string): BuildOptions {
    const {
      outfile: _outfile,
      outbase: _base,
      stdin: _stdin,
      assetNames: _names,
      plugins = [],
      ...options
    } = this.#options;
    const specifiers = new Map([...this.#modules.keys()].map((name) => [name, `${THREAD}:${name}`]));
    const shared = this.#format === 'cjs' ? new EsbuildShared(specifiers) : undefined;
    return {
      ...options,
      entryPoints: shared?.entryPoints ?? [...specifiers].map(([name, specifier]) => ({ in: specifier, out: name })),
      outdir,
      entryNames: '[name]',
      chunkNames: 'heddle-thread-[hash]',
      outExtension: { '.js': `.${this.#extension}` },
      format: this.#format,
      bundle: true,
      // What several of them use, a thread loads once.
      splitting: this.#format === 'esm',
      metafile: false,
      logLevel: 'silent',
      plugins: [this.#threadPlugin(shared), ...plugins.filter(({ name }) => name !== 'heddle')],
    };
  }

  #threadPlugin(shared: EsbuildShared | undefined): Plugin {
    return {
      name: 'heddle',
      setup: (build) => {
        build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, ({ path: file, suffix }) => {
          if (this.#modules.has(suffix.slice(1))) return undefined;
          const text = entryImported(file, 'What a deferred function uses');
          return this.#entries.isOnly(file) ? { errors: [{ text }] } : undefined;
        });
        this.#answer(build, this.#here);
        shared?.install(build);
      },
    };
  }

  get #isForWebServers(): boolean {
    const { publicPath } = this.#options;
    return publicPath !== undefined && publicPath !== '' && !publicPath.startsWith('.');
  }

  get #extension(): string {
    return this.#format === 'esm' ? 'mjs' : 'cjs';
  }

  /** The URL of the file that the code becomes a part of. */
  get #here(): string {
    return this.#format === 'esm' ? 'import.meta.url' : `require('node:url').pathToFileURL(__filename)`;
  }
}
