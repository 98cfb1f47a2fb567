/** A program that blocks the loop in its own way, and what is to be said of it. */
export interface Row {
  /** Its file in `programs`, without the extension. */
  readonly program: string;
  readonly title: string;
  /** The function that blocks; on which lines, the program says by comments. */
  readonly functionName: string;
  /** The call that takes the time, where it is one. */
  readonly call?: string;
  readonly isInNode20?: false;
}

export const rows: readonly Row[] = [
  { program: 'own-loop', title: 'a loop of its own', functionName: 'countPrimes' },
  { program: 'package-call', title: "a call of a package's function", functionName: 'register', call: 'hashSync' },
  { program: 'json-parse', title: '`JSON.parse` of 50 MB', functionName: 'readOrders', call: 'JSON.parse' },
  {
    program: 'regular-expression',
    title: 'a regular expression that backtracks',
    functionName: 'isValidName',
    call: 'test',
  },
  { program: 'exec-sync', title: '`execSync`', functionName: 'convert', call: 'execSync' },
  { program: 'sync-fs', title: '`readFileSync`, again and again', functionName: 'loadData', call: 'readFileSync' },
  { program: 'pbkdf2-sync', title: '`pbkdf2Sync`', functionName: 'deriveKey', call: 'pbkdf2Sync' },
  { program: 'sqlite', title: 'a query of `node:sqlite`', functionName: 'countPairs', call: 'get', isInNode20: false },
  { program: 'template', title: 'a template, rendered again and again', functionName: 'renderPage' },
  { program: 'promise-chain', title: 'a long chain of promises', functionName: 'scoreOf' },
  { program: 'getter', title: 'a getter that computes', functionName: 'total' },
  { program: 'timer-storm', title: 'a storm of timers', functionName: 'checkSession' },
];
