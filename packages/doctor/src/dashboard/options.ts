import { isIP } from 'node:net';
import { InvalidArgumentError } from 'heddle/defer';
import { type ThreadPool, threadPools } from 'heddle/threads';

/** What the dashboard asks of a pool. */
export type WatchedPool = Pick<ThreadPool, 'name' | 'max' | 'statistics' | 'calls'>;

/** How a dashboard is served. */
export interface DashboardOptions {
  /** The port to listen on. Default 0: any that is free, which `url` then tells. */
  readonly port?: number | undefined;
  /** The address to listen on. Default `127.0.0.1`, which only programs of this machine reach. */
  readonly host?: string | undefined;
  /**
   * What whoever looks has to know, 16 characters or more; whoever only reads on this machine's own address needs none
   * unless it is given. Default: one made at random, which is printed to stderr once where others can reach the page.
   */
  readonly token?: string | undefined;
  /** Names under which a proxy makes the page known, such as `ops.example.org`. With them, reading needs the token too. */
  readonly hosts?: readonly string[] | undefined;
  /** Origins whose pages may show this one in a frame, such as `http://127.0.0.1:3000`. Default none. */
  readonly frameAncestors?: readonly string[] | undefined;
  /** From how many milliseconds on the loop counts as blocked. Default 50; Infinity: its blocks are not watched. */
  readonly threshold?: number | undefined;
  /** What the page calls the program. Default: the file that Node was started with. */
  readonly name?: string | undefined;
  /** The pools to show. Default: all of the program. */
  readonly pools?: (() => Iterable<WatchedPool>) | undefined;
}

/** A dashboard's options with the defaults filled in. */
export interface CompleteDashboardOptions {
  readonly port: number;
  readonly host: string;
  readonly token: string | undefined;
  readonly hosts: readonly string[];
  readonly frameAncestors: readonly string[];
  readonly threshold: number;
  readonly name: string | undefined;
  readonly pools: () => Iterable<WatchedPool>;
}

const SHORTEST_TOKEN = 16;
/** As `watchLoop` has it, which is to refuse nothing any more once the dashboard is served. */
const LONGEST_THRESHOLD = 86_400_000;
const FOREVER = Number.POSITIVE_INFINITY;
const TOKEN = /^[\x21-\x7e]+$/;

/** @throws InvalidArgumentError naming the option, its value (never the token's) and what it should be */
export function completeDashboardOptions(options: DashboardOptions): CompleteDashboardOptions {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidArgumentError(`The options of a dashboard must be an object, not ${String(options)}.`);
  }
  const { port = 0, host = '127.0.0.1', token, hosts = [], frameAncestors = [], threshold = 50, name } = options;
  check('port', Number.isInteger(port) && port >= 0 && port <= 65_535, 'a whole number from 0 to 65535', port);
  check('host', typeof host === 'string' && host !== '', 'an address or a host name', host);
  if (token !== undefined) checkToken(token);
  check('hosts', isListOf(hosts, isHostName), 'a list of host names, without scheme and port', hosts);
  check('frameAncestors', isListOf(frameAncestors, isOrigin), 'a list of origins', frameAncestors);
  check(
    'threshold',
    typeof threshold === 'number' && threshold >= 1 && (threshold <= LONGEST_THRESHOLD || threshold === FOREVER),
    `a number of milliseconds from 1 to ${LONGEST_THRESHOLD}, or Infinity`,
    threshold,
  );
  check('name', name === undefined || typeof name === 'string', 'a string', name);
  const { pools = threadPools } = options;
  check('pools', typeof pools === 'function', 'a function that gives pools', pools);
  const lowerCaseHosts = hosts.map((one) => one.toLowerCase());
  const complete = { port, host, token, hosts: lowerCaseHosts, frameAncestors, threshold, name, pools };
  checkNames(options, complete);
  return complete;
}

/** Whether only programs of this machine can reach an address. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/** A token under a name that is none would leave the page open to everybody on the machine. */
function checkNames(given: object, known: object): void {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const names = Object.keys(known).join(', ');
  throw new InvalidArgumentError(`A dashboard has no option '${unknown}'; its options are ${names}.`);
}

function checkToken(token: unknown): void {
  if (typeof token === 'string' && token.length >= SHORTEST_TOKEN && TOKEN.test(token)) return;
  throw new InvalidArgumentError(
    `The option token of a dashboard must be a string of ${SHORTEST_TOKEN} or more printable ASCII characters without spaces.`,
  );
}

function check(option: string, isFine: boolean, expected: string, value: unknown): void {
  if (isFine) return;
  throw new InvalidArgumentError(`The option ${option} of a dashboard must be ${expected}, not ${String(value)}.`);
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isHostName(value: unknown): boolean {
  return typeof value === 'string' && /^[\w.-]+$/.test(value);
}

function isOrigin(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && new URL(value).origin === value;
}
