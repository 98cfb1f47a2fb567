import { fileURLToPath } from 'node:url';
import { DoctorError } from '../errors.ts';
import { isThere } from '../dashboard/registration.ts';
import { InspectorClient, portState } from './inspector-client.ts';
import type { RecorderSettings } from './records.ts';
import { checkTarget, inspectorPort, isOpenSomewhere, listeningPorts } from './target-process.ts';

export interface AttachOptions extends RecorderSettings {
  /** Says something to the user. */
  readonly tell: (message: string) => void;
}

export interface Attached {
  readonly began: number;
  readonly ended: number;
  /** What could not be had. */
  readonly notes: readonly string[];
}

const OPENING_MS = 10_000;
const PATIENCE_MS = 2000;
/** How often the process looks whether the doctor is still there. */
const DOCTOR_LOST_MS = 1000;
/** Ends the watch in the process. */
const SYMBOL = "Symbol.for('heddle.doctor.attached')";

/**
 * Watches a process that runs already, until Ctrl-C or its end: by its inspector, the same recorder is loaded into it
 * that a program started by the doctor has from its beginning. Afterwards nothing of that is left in it but the loaded
 * module, and an inspector that was opened for this is closed: also where the doctor is killed meanwhile.
 *
 * @throws {DoctorError} where the process is none of Node's or not the user's, or its inspector cannot be had
 */
export async function attach(pid: number, { tell, ...settings }: AttachOptions): Promise<Attached> {
  checkTarget(pid);
  const interruption = interrupted();
  const { client, wasOpen } = await openWithin(pid, interruption, tell);
  const record = fileURLToPath(new URL('./run/record.cjs', import.meta.url));
  try {
    await Promise.race([client.evaluate(start(record, settings, !wasOpen)), interruption]);
  } catch (error) {
    await client.close();
    throw notWatched(pid, error as Error);
  }
  const began = Date.now();
  tell(`watching process ${pid}; Ctrl-C ends that and prints the report, the process runs on.`);
  const end = await Promise.race([interruption, client.closed().then(() => 'ended' as const)]);
  if (end !== 'ended') {
    // A loop that stands still hears nothing; another Ctrl-C gives up waiting for it.
    const hint = setTimeout(
      () => tell('Waiting for its loop to turn; another Ctrl-C leaves it as it is.'),
      PATIENCE_MS,
    );
    await Promise.race([client.evaluate(`globalThis[${SYMBOL}]?.()`).catch(() => {}), interrupted()]);
    clearTimeout(hint);
    await client.close();
  }
  return { began, ended: Date.now(), notes: notes(pid, end === 'ended') };
}

interface Opened {
  readonly client: InspectorClient;
  readonly wasOpen: boolean;
}

/** A process in native code lets others connect to its inspector, and answers nothing. */
async function openWithin(pid: number, interruption: Promise<unknown>, tell: AttachOptions['tell']): Promise<Opened> {
  const giveUp = new AbortController();
  const hint = setTimeout(
    () => tell(`Waiting for process ${pid} to open its inspector; Ctrl-C gives that up.`),
    PATIENCE_MS,
  );
  const deadline = setTimeout(() => giveUp.abort(), OPENING_MS);
  let isInterrupted = false;
  void interruption.then(() => {
    isInterrupted = true;
    giveUp.abort();
  });
  try {
    const opened = await open(pid, giveUp.signal);
    if (opened !== undefined) return opened;
  } catch (error) {
    // Whatever broke the connection: most often the process has ended.
    throw error instanceof DoctorError ? error : notWatched(pid, error as Error);
  } finally {
    clearTimeout(hint);
    clearTimeout(deadline);
  }
  throw new DoctorError(
    'HEDDLE_DOCTOR_NO_INSPECTOR',
    isInterrupted
      ? `Process ${pid} had not opened its inspector yet: it may do so when its loop turns again.`
      : `Process ${pid} has not opened its inspector within ${OPENING_MS / 1000} s: its loop stands still in native code, or ` +
          'it is in a container with a network of its own. There, run the program under the doctor from its start.',
  );
}

function notWatched(pid: number, { message }: Error): DoctorError {
  return new DoctorError('HEDDLE_DOCTOR_NO_INSPECTOR', `Process ${pid} cannot be watched: ${message}`);
}

/** @returns `undefined` where that was given up */
async function open(pid: number, givenUp: AbortSignal): Promise<Opened | undefined> {
  const usual = inspectorPort(pid);
  const before = usual === 0 ? 'free' : await portState(usual);
  if (before === 'inspector') {
    const client = await connectTo(pid, usual, givenUp);
    if (client !== undefined) return { client, wasOpen: true };
    if (givenUp.aborted) return undefined;
  }
  if (before !== 'free') {
    throw new DoctorError(
      'HEDDLE_DOCTOR_PORT_TAKEN',
      `Port ${usual}, on which process ${pid} would open its inspector, is taken by another program. End that first, or ` +
        'run the program under the doctor from its start.',
    );
  }
  if (isOpenSomewhere(pid)) {
    throw new DoctorError(
      'HEDDLE_DOCTOR_NO_INSPECTOR',
      `The inspector of process ${pid} is open on a port that was free when it started (--inspect=0), and is asked by ` +
        'its number only. Start the program with one, or under the doctor.',
    );
  }
  const others = listeningPorts(pid);
  process.kill(pid, 'SIGUSR1');
  while (!givenUp.aborted) {
    // What it listened on before is its own business, and is asked nothing.
    for (const port of new Set([...(usual === 0 ? [] : [usual]), ...listeningPorts(pid)])) {
      if (others.includes(port)) continue;
      const client = await connectTo(pid, port, givenUp);
      if (client !== undefined) return { client, wasOpen: false };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (!isThere(pid)) throw new Error('It has ended.');
  }
  return undefined;
}

/** `undefined` where that is not the inspector of the process, or was given up. */
async function connectTo(pid: number, port: number, givenUp: AbortSignal): Promise<InspectorClient | undefined> {
  const client = await InspectorClient.connect(port);
  if (client === undefined) return undefined;
  const hangUp = (): void => client.hangUp();
  givenUp.addEventListener('abort', hangUp);
  if (givenUp.aborted) hangUp();
  try {
    if ((await client.evaluate('process.pid')) === pid) return client;
  } catch (error) {
    if (givenUp.aborted) return undefined;
    throw error;
  } finally {
    givenUp.removeEventListener('abort', hangUp);
  }
  await client.close();
  return undefined;
}

/** The module loader of a running program is not at hand for an expression: Node gives it out by `getBuiltinModule`. */
function start(record: string, settings: RecorderSettings, closesInspector: boolean): string {
  return `(() => {
    const getBuiltinModule = process.getBuiltinModule;
    if (getBuiltinModule === undefined) throw new Error('its Node, ' + process.version + ', is older than 20.16.');
    // The inspector waits for its connections before it closes: this one is closed in the meantime.
    const { clearInterval, setInterval, setTimeout } = getBuiltinModule('node:timers');
    const closeInspector = () => setTimeout(() => getBuiltinModule('node:inspector').close(), 200).unref();
    let closesInspector = ${closesInspector};
    try {
      const { createRequire } = getBuiltinModule('node:module');
      const { record } = createRequire(${JSON.stringify(record)})(${JSON.stringify(record)});
      // Another doctor that watches it has opened the inspector, or had found it open.
      closesInspector = globalThis[${SYMBOL}]?.(true) ?? closesInspector;
      const stop = record(${JSON.stringify(settings)}, 1);
      const end = (globalThis[${SYMBOL}] = (isReplaced = false) => {
        clearInterval(look);
        stop();
        delete globalThis[${SYMBOL}];
        if (closesInspector && !isReplaced) closeInspector();
        return closesInspector;
      });
      const look = setInterval(() => {
        try {
          process.kill(${process.pid}, 0);
        } catch (error) {
          if (error.code === 'ESRCH') end();
        }
      }, ${DOCTOR_LOST_MS}).unref();
    } catch (error) {
      if (closesInspector) closeInspector();
      throw error;
    }
  })()`;
}

function interrupted(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    // With its terminal gone, the doctor must not be: the process would be watched for ever.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve('interrupted'));
  });
}

function notes(pid: number, hasEnded: boolean): string[] {
  return [
    `What process ${pid} did before it was attached to is not in here, nor are other processes of the program.`,
    ...(hasEnded
      ? [`Process ${pid} ended while it was watched; its exit code is not known to others than its parent.`]
      : []),
  ];
}
