import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BuildFailure, BuildOptions, Loader, OnLoadResult, OutputFile, Plugin, PluginBuild } from 'esbuild';
import { bundledHeddle, entryAsset, OF_HEDDLE } from './bundled-heddle.ts';
import { entryImported } from './entry-imported.ts';
import { EsbuildEntries } from './esbuild-entries.ts';
import { hoist } from './hoist.ts';
import { isSource, ownSpecifier, threadFileName } from './thread-id.ts';
import type { ThreadModule } from './thread-module.ts';

export type Format = 'esm' | 'cjs';

const THREAD = 'heddle-thread';
const ENTRY = 'heddle-thread-entry';

/**
 * The modules for threads of one build. esbuild takes no new entries while it builds, so each of them is built by
 * itself and placed as a file is.
 */
export class EsbuildThreads {
  readonly #esbuild: PluginBuild['esbuild'];
  readonly #options: BuildOptions;
  readonly #format: Format;
  readonly #entries: EsbuildEntries;
  readonly #folder: string;
  readonly #modules = new Map<string, { readonly module: ThreadModule; readonly file: string }>();
  /** What the builds of threads' modules have placed beside them, by path. */
  readonly #placed = new Map<string, OutputFile>();

  constructor({ esbuild, initialOptions }: PluginBuild, format: Format) {
    this.#esbuild = esbuild;
    this.#options = initialOptions;
    this.#format = format;
    this.#folder = path.resolve(initialOptions.absWorkingDir ?? process.cwd());
    this.#entries = new EsbuildEntries(initialOptions.entryPoints, this.#folder);
  }

  install(build: PluginBuild): void {
    this.#answer(build);
    build.onEnd(async (result) => {
      for (const file of this.#placed.values()) {
        if (this.#options.write === false) result.outputFiles?.push(file);
        else {
          await mkdir(path.dirname(file.path), { recursive: true });
          await writeFile(file.path, file.contents);
        }
      }
      this.#placed.clear();
    });
  }

  #answer(build: PluginBuild): void {
    for (const namespace of [THREAD, ENTRY]) {
      build.onResolve({ filter: new RegExp(`^${namespace}:`) }, ({ path: specifier }) => {
        return { path: specifier.slice(namespace.length + 1), namespace };
      });
    }
    build.onLoad({ filter: /.*/, namespace: THREAD }, ({ path: id }) => this.#build(id));
    build.onLoad({ filter: /.*/, namespace: ENTRY }, ({ path: file }) => {
      return { contents: entryAsset(file).source, loader: 'file' };
    });
    build.onLoad({ filter: OF_HEDDLE, namespace: 'file' }, async ({ path: file }) => {
      const found = bundledHeddle(await readFile(file, 'utf8'), file);
      if (found === undefined) return undefined;
      const { code, map } = found.rewrite(this.#urlOf('$heddleEntry'));
      const { entryFile } = found;
      const entry = entryFile && `import $heddleEntry from ${JSON.stringify(`${ENTRY}:${entryFile}`)};`;
      return { contents: `${code}\n${entry ?? ''}\n//# sourceMappingURL=${map.toUrl()}`, loader: 'js' };
    });
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, async ({ path: file }) => {
      if (!isSource(file)) return undefined;
      const own = this.#entries.mayBe(file) ? undefined : ownSpecifier(file);
      return this.#load(await readFile(file, 'utf8'), file, own);
    });
  }

  /** A module whose deferred functions have addresses; undefined where it has none. */
  #load(text: string, file: string, own: string | undefined): OnLoadResult | undefined {
    const hoisted = hoist(text, file, { own });
    if (hoisted === undefined) return undefined;
    if (hoisted.errors.length > 0) {
      return {
        errors: hoisted.errors.map(({ message, line, column }) => {
          return { text: message, location: { file, line, column: column - 1 } };
        }),
      };
    }
    const imports = hoisted.modules.map((module, index) => {
      const id = `${path.join(path.dirname(file), threadFileName(file, index, this.#folder))}.${this.#extension}`;
      this.#modules.set(id, { module, file });
      return `import $heddleThread${index} from ${JSON.stringify(`${THREAD}:${id}`)};`;
    });
    const { code, map } = hoisted.rewrite((index) => `${this.#urlOf(`$heddleThread${index}`)}.href`);
    return {
      contents: `${code}\n${imports.join('')}\n//# sourceMappingURL=${map.toUrl()}`,
      loader: loaderOf(file),
      resolveDir: path.dirname(file),
    };
  }

  async #build(id: string): Promise<OnLoadResult> {
    const known = this.#modules.get(id);
    if (known === undefined) return { errors: [{ text: `There is no ${id}.` }] };
    const { file, module } = known;
    // What is deferred within a deferred function has a module of its own.
    const sourcefile = threadSource(id, file);
    const nested = this.#load(module.code, sourcefile, undefined);
    const contents = nested?.contents ?? `${module.code}\n//# sourceMappingURL=${module.map().toUrl()}`;
    try {
      const built = await this.#esbuild.build({
        ...this.#shared(),
        // Not the file's own name: the module may import that.
        stdin: { contents, resolveDir: path.dirname(file), sourcefile, loader: loaderOf(file) },
        plugins: [this.#guard(file), ...(this.#options.plugins ?? []).filter(({ name }) => name !== 'heddle')],
      });
      const files = built.outputFiles ?? [];
      const made = files.find(({ path: at }) => path.parse(at).name === 'heddle-thread-module');
      for (const other of files) if (other !== made) this.#placed.set(other.path, other);
      return { contents: made?.contents ?? new Uint8Array(), loader: 'file', warnings: built.warnings };
    } catch (error) {
      return { errors: (error as Partial<BuildFailure>).errors ?? [{ text: String(error) }] };
    }
  }

  /** The program's own options, as far as they say how code is compiled. */
  #shared(): BuildOptions & { readonly write: false } {
    const { entryPoints: _entries, outfile, outdir, outbase: _base, assetNames = '', ...options } = this.#options;
    const folder = outdir ?? (outfile === undefined ? '.' : path.dirname(outfile));
    // What it places beside itself is found from where esbuild places files.
    const placed = path.posix.dirname(assetNames);
    return {
      ...options,
      ...(assetNames === '' ? {} : { assetNames }),
      format: this.#format,
      bundle: true,
      splitting: false,
      sourcemap: options.sourcemap ? 'inline' : false,
      legalComments: options.legalComments === 'none' ? 'none' : 'inline',
      metafile: false,
      write: false,
      logLevel: 'silent',
      outdir: folder,
      entryNames: path.posix.join(placed.includes('[') ? '.' : placed, 'heddle-thread-module'),
      outExtension: { '.js': `.${this.#extension}` },
    };
  }

  /** The same in the build of a thread's module, which the program's entry must not get into. */
  #guard(importer: string): Plugin {
    return {
      name: 'heddle',
      setup: (build) => {
        build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, ({ path: file }) => {
          return this.#entries.isOnly(file)
            ? { errors: [{ text: entryImported(file, `What a deferred function of ${importer} uses`) }] }
            : undefined;
        });
        this.#answer(build);
      },
    };
  }

  get #extension(): string {
    return this.#format === 'esm' ? 'mjs' : 'cjs';
  }

  /** The URL of a file that esbuild has placed, whose path the variable holds. */
  #urlOf(variable: string): string {
    return this.#format === 'esm'
      ? `new URL(${variable}, import.meta.url)`
      : `require('node:url').pathToFileURL(require('node:path').join(__dirname, ${variable}))`;
  }
}

/** A name for a thread's module as a source: in the same folder, read as the same language. */
function threadSource(id: string, file: string): string {
  return `${id.slice(0, -path.extname(id).length)}${path.extname(file)}`;
}

function loaderOf(file: string): Loader {
  return path.extname(file).replace(/^\.[cm]?/, '') as Loader;
}
