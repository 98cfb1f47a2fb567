import type { PluginBuild } from 'esbuild';
import { threadFileName } from './thread-id.ts';

const ALL = 'heddle-shared';
const ONE = 'heddle-sharing';
const FILE = 'heddle-shared-file';

/**
 * Builds the modules for threads into one file, as CommonJS, from which the file of each takes its function. In ES modules
 * esbuild puts what several files use into chunks; in CommonJS each file would have instances of its own, and in a
 * thread the state of one module would be another for each deferred function.
 */
export class EsbuildShared {
  readonly #specifiers: ReadonlyMap<string, string>;
  readonly #fileName: string;

  /** @param specifiers what each module is imported as, by the name of its file */
  constructor(specifiers: ReadonlyMap<string, string>) {
    this.#specifiers = specifiers;
    // Another program's that is built into the same folder has another name.
    this.#fileName = threadFileName([...specifiers.keys()].join(), ALL, '');
  }

  get entryPoints(): { in: string; out: string }[] {
    const ones = [...this.#specifiers.keys()].map((name) => ({ in: `${ONE}:${name}`, out: name }));
    return [{ in: ALL, out: this.#fileName }, ...ones];
  }

  install(build: PluginBuild): void {
    build.onResolve({ filter: new RegExp(`^${ALL}$`) }, () => ({ path: 'all', namespace: ALL }));
    build.onResolve({ filter: new RegExp(`^${ONE}:`) }, ({ path: specifier }) => {
      return { path: specifier.slice(ONE.length + 1), namespace: ONE };
    });
    build.onResolve({ filter: new RegExp(`^${FILE}$`) }, () => ({ path: `./${this.#fileName}.cjs`, external: true }));
    build.onLoad({ filter: /.*/, namespace: ALL }, () => ({ contents: this.#all(), loader: 'js' }));
    build.onLoad({ filter: /.*/, namespace: ONE }, ({ path: name }) => {
      const contents = `import { load } from '${FILE}'; export const { $0 } = load[${JSON.stringify(name)}]();`;
      return { contents, loader: 'js' };
    });
  }

  /** Each is run when its function is asked for. */
  #all(): string {
    const loads = [...this.#specifiers].map(
      ([name, specifier]) => `${JSON.stringify(name)}: () => require(${JSON.stringify(specifier)})`,
    );
    return `export const load = { ${loads.join(', ')} };`;
  }
}
