/** Node's asynchronous counterpart of one of its synchronous functions. */
export interface Counterpart {
  /** The function's name: `readFile`. */
  readonly name: string;
  /** What imports it. */
  readonly imports: string;
  /** What stands in the call's place: `readFile`, `promisify(exec)`. */
  readonly called: string;
  /** Whether it takes the same arguments and gives the same by a promise. */
  readonly isPromise: boolean;
}

/** What has no counterpart of the same name, or none that takes the same arguments. */
const OTHERS: Readonly<Record<string, Counterpart>> = {
  existsSync: {
    name: 'access',
    imports: "import { access } from 'node:fs/promises';",
    called: 'access',
    isPromise: true,
  },
  spawnSync: {
    name: 'spawn',
    imports: "import { spawn } from 'node:child_process';",
    called: 'spawn',
    isPromise: false,
  },
};

/**
 * Node's asynchronous counterpart of a synchronous function of Node's, found among what this Node has.
 *
 * @param module as in `node:fs`
 * @param name as in `readFileSync`
 */
export function counterpartOf(module: string, name: string): Counterpart | undefined {
  if (!/^node:[a-z_]+$/.test(module) || !/^[a-z]\w*Sync$/i.test(name)) return undefined;
  const exports = process.getBuiltinModule(module) as Record<string, unknown> | undefined;
  if (typeof exports?.[name] !== 'function') return undefined;
  const other = Object.hasOwn(OTHERS, name) ? OTHERS[name] : undefined;
  if (other !== undefined) return other;
  const base = name.slice(0, -'Sync'.length);
  const promises = exports['promises'] as Record<string, unknown> | undefined;
  if (typeof promises?.[base] === 'function') {
    return { name: base, imports: `import { ${base} } from '${module}/promises';`, called: base, isPromise: true };
  }
  if (typeof exports[base] !== 'function') return undefined;
  return {
    name: base,
    imports: `import { promisify } from 'node:util'; import { ${base} } from '${module}';`,
    called: `promisify(${base})`,
    isPromise: true,
  };
}
