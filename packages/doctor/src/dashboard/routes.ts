import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access, Refusal } from './access.ts';
import { pageFile } from './page-files.ts';
import type { ProgramView } from './program-view.ts';
import { MOST_VIEWERS, type Viewers } from './viewers.ts';

const LONGEST_BODY = 1000;

/** What the answers are made of. */
export interface Served {
  readonly access: Access;
  readonly view: ProgramView;
  readonly viewers: Viewers;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers a request. Rejected where its connection broke. */
export async function answer(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { access, headers } = served;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const stranger = access.refuseStranger(request.headers);
  if (stranger !== undefined) return refuse(response, stranger);
  const path = (request.url ?? '/').split('?', 1)[0] as string;
  if (path === '/api/events') return onlyBy(['GET'], request, response, () => answerEvents(served, request, response));
  if (path === '/api/cancel') return onlyBy(['POST'], request, response, () => answerCancel(served, request, response));
  return onlyBy(['GET', 'HEAD'], request, response, async () => {
    const file = await pageFile(path);
    if (file === undefined) return problem(response, 404, 'HEDDLE_DASHBOARD_NOTHING', 'There is nothing here.');
    response.setHeader('content-type', file.type);
    response.setHeader('cache-control', 'no-cache');
    response.end(request.method === 'HEAD' ? undefined : file.bytes);
  });
}

async function onlyBy(
  methods: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
  then: () => void | Promise<void>,
): Promise<void> {
  if (methods.includes(request.method ?? '')) return then();
  response.setHeader('allow', methods.join(', '));
  return problem(response, 405, 'HEDDLE_DASHBOARD_METHOD', `This is for ${methods.join(' and ')}.`);
}

function answerEvents({ access, view, viewers }: Served, request: IncomingMessage, response: ServerResponse): void {
  const refusal = access.refuseReading(request.headers);
  if (refusal !== undefined) return refuse(response, refusal);
  if (viewers.isFull) {
    response.setHeader('retry-after', '10');
    return problem(response, 503, 'HEDDLE_DASHBOARD_FULL', `${MOST_VIEWERS} look already, and no more may.`);
  }
  return viewers.add(response, view.hello(access.isTrusted(request.headers)));
}

async function answerCancel(
  { access, view }: Served,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refusal = access.refuseWriting(request.headers);
  if (refusal !== undefined) return refuse(response, refusal);
  const id = idOf(await bodyOf(request));
  if (id === undefined) {
    return problem(
      response,
      400,
      'HEDDLE_DASHBOARD_BODY',
      'The body must be JSON with the number of a call: {"id":1}.',
    );
  }
  const call = view.find(id);
  if (call?.cancel('It was cancelled on the dashboard.') !== true) {
    return problem(
      response,
      404,
      'HEDDLE_DASHBOARD_NO_CALL',
      'There is no such call any more, or it was given up before.',
    );
  }
  return json(response, 200, { cancelled: id, functionName: call.functionName });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > LONGEST_BODY) return '';
  }
  return body;
}

function idOf(body: string): number | undefined {
  try {
    const id: unknown = (JSON.parse(body) as { id?: unknown } | null)?.id;
    return Number.isSafeInteger(id) ? (id as number) : undefined;
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  if (status === 401) response.setHeader('www-authenticate', 'Bearer realm="heddle"');
  problem(response, status, code, message);
}

function problem(response: ServerResponse, status: number, code: string, message: string): void {
  json(response, status, { code, message });
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(value)}\n`);
}
