import { cancelCall, type Connection, follow, type Follower } from '../dashboard/follow.ts';
import { type Key, Keyboard } from './keyboard.ts';
import { renderScreen, renderText } from './render.ts';
import { Screen } from './screen.ts';
import { TopState } from './state.ts';
import { findTarget, type Target, TOKEN_VARIABLE, withoutDashboard } from './target.ts';
import { paintLine } from './text.ts';
import { TopError } from './top-error.ts';

/** How a program is shown. */
export interface TopOptions {
  /** The dashboard's token. Default: what the URL has after `#token=`, or `HEDDLE_DASHBOARD_TOKEN` in the environment. */
  readonly token?: string | undefined;
  readonly stdin?: NodeJS.ReadStream | undefined;
  readonly stdout?: NodeJS.WriteStream | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Without a terminal: after how many seconds, each with its text, to end. Default Infinity. */
  readonly snapshots?: number | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/** What ends a program from outside, while the terminal is not as it was. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** The system stops no process that no shell could continue, such as the first one in a container. By then it has, or will not. */
const UNSTOPPED_MS = 100;

/**
 * Shows in the terminal, live, what a program does that serves a dashboard: the loop's delay, what blocked it, the pools,
 * the calls that run and wait, and the functions that took the time. Arrow keys choose a call, `c` cancels it after a
 * question, `q` or Ctrl-C ends. Where the output is no terminal, it is plain text once a second.
 *
 * @param target the URL of a dashboard, or the number of a process of this user that serves one
 * @returns settles when the person has had enough
 * @throws TopError when there is nothing to show: as the rejection of the promise
 */
export async function top(target: string, options: TopOptions = {}): Promise<void> {
  const { stdin = process.stdin, stdout = process.stdout, env = process.env } = options;
  const found = findTarget(target, options.token ?? (env[TOKEN_VARIABLE] || undefined));
  const isScreen = stdout.isTTY === true && stdin.isTTY === true && env['TERM'] !== 'dumb';
  if (isScreen) await showScreen(found, stdin, stdout, env, options.signal);
  else await printTexts(found, stdout, options);
}

async function printTexts(target: Target, stdout: NodeJS.WriteStream, options: TopOptions): Promise<void> {
  const { snapshots = Number.POSITIVE_INFINITY, signal } = options;
  const end = endingWith(signal);
  // Whoever read the text has enough of it.
  stdout.on('error', () => end.abort());
  const state = new TopState();
  let printed = 0;
  await followProgram(target, state, end, () => {
    if (state.sample === undefined || end.signal.aborted) return;
    const lines = renderText(state).map((line) => paintLine(line, Number.POSITIVE_INFINITY, 'nothing').trimEnd());
    stdout.write(`${lines.join('\n')}\n\n`);
    if (++printed >= snapshots) end.abort();
  });
}

async function showScreen(
  target: Target,
  stdin: NodeJS.ReadStream,
  stdout: NodeJS.WriteStream,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<void> {
  const end = endingWith(signal);
  const state = new TopState();
  const draw = (): void => screen.draw(renderScreen(state, screen.size));
  const screen = new Screen(stdout, env['NO_COLOR'] ? 'no colors' : 'colors', draw);
  const keyboard = new Keyboard(stdin, (key) => {
    if (key === 'quit') return end.abort();
    if (key === 'suspend') return suspend();
    press(state, key, target, draw);
    return draw();
  });
  const open = (): void => {
    screen.enter();
    keyboard.open();
    draw();
  };
  const close = (): void => {
    keyboard.close();
    screen.leave();
  };
  let unstopped: NodeJS.Timeout | undefined;
  const goOn = (): void => {
    clearTimeout(unstopped);
    process.off('SIGCONT', goOn);
    open();
  };
  const suspend = (): void => {
    close();
    process.on('SIGCONT', goOn);
    unstopped = setTimeout(goOn, UNSTOPPED_MS);
    process.kill(process.pid, 'SIGTSTP');
  };
  const kill = (received: NodeJS.Signals): void => {
    close();
    process.off(received, kill);
    process.kill(process.pid, received);
  };
  for (const each of SIGNALS) process.on(each, kill);
  process.once('exit', close);
  open();
  try {
    await followProgram(target, state, end, draw, draw);
  } finally {
    clearTimeout(unstopped);
    process.off('SIGCONT', goOn);
    process.off('exit', close);
    for (const each of SIGNALS) process.off(each, kill);
    close();
  }
}

/** What a key does; the screen is drawn afterwards. */
function press(state: TopState, key: Key, { url, token }: Target, draw: () => void): void {
  const { asked } = state;
  state.asked = undefined;
  state.said = '';
  if (asked !== undefined) {
    if (key !== 'yes') return;
    state.said = `Cancelling ${asked.functionName} …`;
    void cancelCall(url, token, asked.id).then((said) => {
      state.said = said;
      draw();
    });
    return;
  }
  if (key === 'up') state.choose(-1);
  else if (key === 'down') state.choose(1);
  else if (key === 'cancel') askToCancel(state);
}

function askToCancel(state: TopState): void {
  const { chosen, hello } = state;
  if (hello?.mayCancel !== true) state.said = `To cancel takes the token: --token, or ${TOKEN_VARIABLE}.`;
  else if (chosen === undefined) state.said = 'Choose a call first, with the arrow keys.';
  else if (chosen.state === 'given up') state.said = 'It was given up before, and ends when it ends.';
  else state.asked = chosen;
}

/**
 * Keeps the state up to date, until the end.
 *
 * @param changed is called when there is something new once a second
 * @param noticed is called for what comes in between
 * @throws TopError when there is nothing to follow
 */
async function followProgram(
  target: Target,
  state: TopState,
  end: AbortController,
  changed: () => void,
  noticed: () => void = () => {},
): Promise<void> {
  let failure: TopError | undefined;
  const fail = (error: TopError): void => {
    failure = error;
    end.abort();
  };
  const follower: Follower = {
    connection: (connection) => {
      state.connection = connection;
      const error = failureOf(connection, target, state.hello !== undefined);
      if (error !== undefined) fail(error);
      else noticed();
    },
    hello: (hello) => {
      // It has ended, and its number and its port have gone to others.
      if (target.pid !== undefined && target.pid !== hello.program.pid) return fail(withoutDashboard(target.pid));
      state.hears(hello);
      noticed();
    },
    sample: (sample) => {
      state.takes(sample);
      changed();
    },
    blocked: (blocked) => {
      state.wasBlocked(blocked);
      noticed();
    },
  };
  await follow(target.url, { token: target.token, signal: end.signal }, follower);
  if (failure !== undefined) throw failure;
}

function failureOf(connection: Connection, { url }: Target, wasThere: boolean): TopError | undefined {
  if (connection.state === 'refused') {
    const isToken = connection.code === 'HEDDLE_DASHBOARD_TOKEN';
    const way = isToken ? ` Give it by --token, or in ${TOKEN_VARIABLE}.` : '';
    return new TopError('HEDDLE_TOP_REFUSED', `${url} does not answer: ${connection.why}${way}`);
  }
  // One that was there may come again.
  if (connection.state !== 'lost' || wasThere) return undefined;
  return new TopError('HEDDLE_TOP_UNREACHABLE', `The dashboard at ${url} cannot be reached: ${connection.why}`);
}

function endingWith(signal: AbortSignal | undefined): AbortController {
  const end = new AbortController();
  signal?.addEventListener('abort', () => end.abort());
  if (signal?.aborted) end.abort();
  return end;
}
