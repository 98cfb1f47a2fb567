import type { Session } from 'node:inspector';
import { CallableError } from './errors/callable-error.ts';
import { inheritedEntryFiles, mayHaveRunEntry, nestingDepth } from './entry-files.ts';
import { fileOf } from './file-of.ts';

/**
 * Ends what would never end: a thread in which the program's entry module runs again would make threads
 * in which it runs again. Asked when a thread has imported a module, and when it is about to make a thread.
 * Where Node can be told not to load a module in a thread (from 22.15 on), it does not come to that.
 *
 * @throws CallableError `HEDDLE_ENTRY_MODULE`
 */
export function refuseSecondRun(): void {
  // What V8 tells soonest has the texts of captured functions among it, which bear the entry's name as well.
  refuseEntryFoundBy((session, isEntry) =>
    scriptUrls(session).some(isEntry) ? moduleUrls(session).find(isEntry) : undefined,
  );
}

/**
 * Refuses the entry before it runs. Asked when the library is loaded in a thread: an ES module runs when all that it imports
 * has, so that an entry which has brought the library along has not begun. Where the library was there before, it is not
 * seen until it has run.
 *
 * @throws CallableError `HEDDLE_ENTRY_MODULE`
 */
export function refuseToBeginAgain(): void {
  // What has not begun is not always among what V8 tells soonest.
  refuseEntryFoundBy((session, isEntry) => moduleUrls(session).find(isEntry));
}

function refuseEntryFoundBy(find: (session: Session, isEntry: (url: string) => boolean) => string | undefined): void {
  const entryFiles = inheritedEntryFiles() ?? [];
  if (!mayHaveRunEntry() || 'registerHooks' in process.getBuiltinModule('node:module')) return;
  // Other runtimes have an inspector of another kind, or none.
  if ('bun' in process.versions || 'deno' in process.versions) return;
  // What the build plug-in takes out of a module carries its file's name and runs none of the rest.
  const isEntry = (url: string): boolean => !url.includes('?heddle-thread=') && entryFiles.includes(fileOf(url) ?? '');
  const again = askAtOnce((session) => find(session, isEntry));
  if (again === undefined) return;
  throw new CallableError({
    code: 'HEDDLE_ENTRY_MODULE',
    functionName: '',
    message:
      `${fileOf(again)}, the program's entry module, is loaded again in a thread, because a function's module ` +
      'imports it. Move what that needs of the entry to a module of its own.',
  });
}

/** Threads that make threads are work that is cut up once, or twice. */
const DEEPEST = 8;

/**
 * The same where the entry is not known: a launcher has imported the program, and a thread that loads a function of it runs
 * it again. Each thread makes the next as its module is loaded, and nothing else tells that from work.
 *
 * @throws CallableError `HEDDLE_ENTRY_MODULE`
 */
export function refuseDeepNesting(): void {
  if (nestingDepth() < DEEPEST) return;
  throw new CallableError({
    code: 'HEDDLE_ENTRY_MODULE',
    functionName: '',
    message:
      `This is a thread within ${DEEPEST - 1} others, and makes no more of them. Most likely each runs the program again, since ` +
      'a function is in a module that makes calls as it is loaded. Move the function to a module of its own.',
  });
}

/** Asks this thread's inspector, which alone knows its ES modules; undefined where it does not answer. */
function askAtOnce<Answer>(ask: (session: Session) => Answer): Answer | undefined {
  try {
    const { Session } = process.getBuiltinModule('node:inspector');
    const session = new Session();
    session.connect();
    try {
      return ask(session);
    } finally {
      session.disconnect();
    }
  } catch {
    // What the program asked for needs no inspector, so it runs without this precaution.
    return undefined;
  }
}

/** Of what has run, with how often each of its functions has: that takes 3 ms where the Debugger domain takes 20. */
function scriptUrls(session: Session): string[] {
  const urls: string[] = [];
  session.post('Profiler.getBestEffortCoverage', (error, coverage) => {
    if (error === null) urls.push(...coverage.result.map(({ url }) => url));
  });
  return urls;
}

function moduleUrls(session: Session): string[] {
  const urls: string[] = [];
  session.on('Debugger.scriptParsed', ({ params }) => {
    if (params.isModule) urls.push(params.url);
  });
  session.post('Debugger.enable');
  return urls;
}
