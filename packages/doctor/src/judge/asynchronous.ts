/** Node's asynchronous counterpart of one of its synchronous functions. */
export interface Counterpart {
  /** The function's name: `readFile`. */
  readonly name: string;
  /** What imports it. */
  readonly imports: string;
  /** What stands in the call's place: `readFile`, `promisify(exec)`. */
  readonly called: string;
  /** What it does otherwise, where it does not give the same by a promise. */
  readonly differs?: string;
  /** The call, as it is to be written for the same value. */
  write(call: string): string;
}

const awaited = (call: string): string => `await ${call}`;

/** What has no counterpart of the same name, or none that takes the same arguments. */
const OTHERS: Readonly<Record<string, Counterpart>> = {
  existsSync: {
    name: 'access',
    imports: "import { access } from 'node:fs/promises';",
    called: 'access',
    differs: 'fails where there is nothing',
    write: (call) => `await ${call}.then(() => true, () => false)`,
  },
  spawnSync: {
    name: 'spawn',
    imports: "import { spawn } from 'node:child_process';",
    called: 'spawn',
    differs: 'gives the process while it runs, with its output as streams',
    write: (call) => call,
  },
};

const part =
  (name: string): ((call: string) => string) =>
  (call) =>
    `(await ${call}).${name}`;
const ofProcess: Pick<Counterpart, 'differs' | 'write'> = {
  differs:
    'gives { stdout, stderr }, which are texts unless the option encoding says otherwise, and takes no input or stdio',
  write: part('stdout'),
};
const read: Pick<Counterpart, 'differs' | 'write'> = { differs: 'gives an object', write: part('bytesRead') };
const written: Pick<Counterpart, 'differs' | 'write'> = { differs: 'gives an object', write: part('bytesWritten') };

/** What has the same name and the same arguments, and gives something else. */
const DIFFERENT: Readonly<Record<string, Pick<Counterpart, 'differs' | 'write'>>> = {
  execSync: ofProcess,
  execFileSync: ofProcess,
  globSync: {
    differs: 'gives what it finds one by one',
    write: (call) => `await Array.fromAsync(${call})`,
  },
  openSync: { differs: 'gives a FileHandle, and no number', write: awaited },
  readSync: read,
  readvSync: read,
  writeSync: written,
  writevSync: written,
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
  const given = (Object.hasOwn(DIFFERENT, name) ? DIFFERENT[name] : undefined) ?? { write: awaited };
  const promises = exports['promises'] as Record<string, unknown> | undefined;
  if (typeof promises?.[base] === 'function') {
    return { name: base, imports: `import { ${base} } from '${module}/promises';`, called: base, ...given };
  }
  if (typeof exports[base] !== 'function') return undefined;
  return {
    name: base,
    imports: `import { promisify } from 'node:util'; import { ${base} } from '${module}';`,
    called: `promisify(${base})`,
    ...given,
  };
}
