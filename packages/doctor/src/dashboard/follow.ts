// For the page and for `top`: works in browsers and in Node.
import type { Blocked, Hello, Sample } from './sample.ts';

/** How it stands with the program. */
export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  /** It will be tried again. */
  | { readonly state: 'lost'; readonly why: string }
  /** It will not: only another token or address helps. */
  | { readonly state: 'refused'; readonly why: string; readonly code: string };

/** What one hears of a program. */
export interface Follower {
  connection(connection: Connection): void;
  hello(hello: Hello): void;
  sample(sample: Sample): void;
  blocked(blocked: Blocked): void;
}

/** How the program is followed. */
export interface FollowOptions {
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;

/** Tells of a program until the signal is aborted, or it is refused; connects again where the connection breaks. */
export async function follow(url: string, { token, signal }: FollowOptions, follower: Follower): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    follower.connection({ state: 'connecting' });
    let why = 'The program has ended the connection.';
    try {
      const response = await fetch(new URL('api/events', url), { headers: authorization(token), signal });
      if (response.ok && response.body !== null && isStream(response)) {
        follower.connection({ state: 'live' });
        pause = FIRST_PAUSE_MS;
        for await (const { event, data } of eventsIn(response.body)) tell(follower, event, data);
      } else {
        const { code, message } = await problemOf(response);
        if (response.status >= 400 && response.status < 500) {
          return follower.connection({ state: 'refused', why: message, code });
        }
        why = message;
      }
    } catch (error) {
      why = reasonOf(error);
    }
    if (signal.aborted) return undefined;
    follower.connection({ state: 'lost', why });
    await elapse(pause, signal);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }
  return undefined;
}

/** Cancels a call. @returns what is to be said about it */
export async function cancelCall(url: string, token: string | undefined, id: number): Promise<string> {
  try {
    const response = await fetch(new URL('api/cancel', url), {
      method: 'POST',
      headers: { ...authorization(token), 'content-type': 'application/json' },
      body: JSON.stringify({ id }),
    });
    if (!response.ok) return (await problemOf(response)).message;
    const { functionName } = (await response.json()) as { functionName: string };
    return `${functionName} was cancelled.`;
  } catch (error) {
    return `Nothing was cancelled: ${reasonOf(error)}`;
  }
}

/** The events of a stream of them, each with its data, which are JSON here. */
export async function* eventsIn(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<{ readonly event: string; readonly data: unknown }, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const field = (name: string): string =>
          block
            .split('\n')
            .find((line) => line.startsWith(`${name}: `))
            ?.slice(name.length + 2) ?? '';
        yield { event: field('event'), data: JSON.parse(field('data')) };
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function tell(follower: Follower, event: string, data: unknown): void {
  if (event === 'hello') follower.hello(data as Hello);
  else if (event === 'sample') follower.sample(data as Sample);
  else if (event === 'blocked') follower.blocked(data as Blocked);
}

/** Other servers answer as well, some of them whatever they are asked. */
function isStream({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') ?? false;
}

function authorization(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

async function problemOf(response: Response): Promise<{ code: string; message: string }> {
  try {
    const { code, message } = (await response.json()) as { code?: unknown; message?: unknown };
    if (typeof code === 'string' && typeof message === 'string') return { code, message };
  } catch {
    // It was no dashboard that has answered.
  }
  return { code: 'HEDDLE_DASHBOARD_UNKNOWN', message: `The answer was ${response.status}, and not a dashboard's.` };
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

function elapse(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
