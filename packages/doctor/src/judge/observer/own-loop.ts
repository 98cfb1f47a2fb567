import type { Program } from 'acorn';
import type { OwnLoop } from '../messages.ts';
import { isChain, isFunction, list, type Node, part, type Path, plain, walk } from './syntax.ts';

/** A function of the program's, around a place in it. */
export interface OwnFunction {
  readonly name: string | undefined;
  /** Without their default values. */
  readonly parameters: readonly string[];
  /** Whether each of them is a plain name. */
  readonly isSimple: boolean;
  readonly isArrow: boolean;
  readonly isGetter: boolean;
  readonly isAsync: boolean;
  readonly start: number;
  readonly end: number;
  /** Where it is looked at: where its code begins, or what of it goes on behind an await, which another turn runs. */
  readonly lookAt: number;
  readonly loop: Omit<OwnLoop, 'turns'> | undefined;
  /** Whether the place that was looked for is in the loop. */
  readonly isInLoop: boolean;
  /** What its loop's number of turns can be read from, before it runs. */
  readonly turns: string | undefined;
}

const LOOPS = new Set(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement']);

/** The innermost function around an offset, and the outermost of its own loops, around the offset if there is one. */
export function functionAt(program: Program, source: string, offset: number): OwnFunction | undefined {
  let found: Path | undefined;
  walk(
    program,
    ({ start, end }) => start <= offset && offset <= end,
    (path) => {
      const node = path.at(-1) as Node;
      if (isFunction(node) && (found === undefined || path.length > found.length)) found = path;
    },
  );
  if (found === undefined) return undefined;
  const node = found.at(-1) as Node;
  const parent = found.at(-2);
  const body = part(node, 'body') as Node;
  const awaits = awaitsIn(body);
  const loop = loopOf(body, offset, awaits);
  const parameters = list(node, 'params');
  const passed = parameters.map(withoutDefault);
  const texts = passed.map((node) => textOf(node, source));
  const name = nameOf(node, parent);
  return {
    name,
    parameters: texts,
    isSimple: passed.every(({ type }) => type === 'Identifier'),
    isArrow: node.type === 'ArrowFunctionExpression',
    isGetter: parent !== undefined && plain(parent, 'kind') === 'get',
    isAsync: plain(node, 'async') === true,
    start: node.start,
    end: node.end,
    lookAt: lookAtOf(body, loop?.start ?? offset, awaits),
    loop:
      loop === undefined
        ? undefined
        : {
            functionName: awaits.length > 0 ? '' : (name ?? ''),
            parameters: parameters.map((node) => textOf(node, source)).join(', '),
            args: texts.join(', '),
            head: headOf(loop, source),
            counter: counterOf(loop),
            usesThis: usesThis(loop),
          },
    isInLoop: loop !== undefined && loop.start <= offset && offset <= loop.end,
    turns: loop === undefined ? undefined : turnsOf(loop, source),
  };
}

function nameOf(node: Node, parent: Node | undefined): string | undefined {
  const named = part(node, 'id') ?? (parent?.type === 'VariableDeclarator' ? part(parent, 'id') : undefined);
  return named?.type === 'Identifier' ? (plain(named, 'name') as string) : undefined;
}

function withoutDefault(parameter: Node): Node {
  return parameter.type === 'AssignmentPattern' ? (part(parameter, 'left') as Node) : parameter;
}

function textOf({ start, end }: Node, source: string): string {
  return source.slice(start, end);
}

/** Calls `visit` for what is in a function's body itself; what is in functions within does not count. */
function walkBody(body: Node, visit: (path: Path) => void): void {
  walk(body, (node) => node === body || !isFunction(node), visit);
}

/** Where a function waits. */
function awaitsIn(body: Node): number[] {
  const offsets: number[] = [];
  walkBody(body, (path) => {
    const node = path.at(-1) as Node;
    if (node.type === 'AwaitExpression' || plain(node, 'await') === true) offsets.push(node.start);
  });
  return offsets;
}

function lookAtOf(body: Node, place: number, awaits: readonly number[]): number {
  if (awaits.some((at) => at < place)) return place;
  return body.type === 'BlockStatement' ? body.start + 1 : body.start;
}

/** The outermost loop around the offset, or the first one. One that waits in each turn is none that blocks. */
function loopOf(body: Node, offset: number, awaits: readonly number[]): Node | undefined {
  const loops: { readonly node: Node; readonly depth: number }[] = [];
  walkBody(body, (path) => {
    const node = path.at(-1) as Node;
    if (!LOOPS.has(node.type) || awaits.some((at) => node.start <= at && at < node.end)) return;
    loops.push({ node, depth: path.length });
  });
  const around = loops.filter(({ node }) => node.start <= offset && offset <= node.end);
  const from = around.length > 0 ? around : loops;
  return from.sort((a, b) => a.depth - b.depth || a.node.start - b.node.start)[0]?.node;
}

function headOf(loop: Node, source: string): string {
  if (loop.type === 'DoWhileStatement') {
    const test = part(loop, 'test') as Node;
    return `while (${source.slice(test.start, test.end)})`;
  }
  const { start } = part(loop, 'body') as Node;
  return source.slice(loop.start, start).trim().replaceAll(/\s+/g, ' ');
}

function counterOf(loop: Node): string | undefined {
  const update = loop.type === 'ForStatement' ? part(loop, 'update') : undefined;
  const counted = update === undefined ? undefined : part(update, 'argument');
  return counted?.type === 'Identifier' ? (plain(counted, 'name') as string) : undefined;
}

function usesThis(loop: Node): boolean {
  let found = false;
  walk(
    loop,
    ({ type }) => type !== 'FunctionExpression' && type !== 'FunctionDeclaration',
    (path) => {
      found ||= path.at(-1)?.type === 'ThisExpression';
    },
  );
  return found;
}

function turnsOf(loop: Node, source: string): string | undefined {
  if (loop.type === 'ForOfStatement') {
    const right = part(loop, 'right');
    return isChain(right)
      ? `${textOf(right as Node, source)}.length ?? ${textOf(right as Node, source)}.size`
      : undefined;
  }
  const test = loop.type === 'ForStatement' ? part(loop, 'test') : undefined;
  const limit =
    test?.type === 'BinaryExpression' && /^<=?$/.test(String(plain(test, 'operator')))
      ? part(test, 'right')
      : undefined;
  if (limit === undefined || !(isChain(limit) || limit.type === 'Literal')) return undefined;
  return `Number(${textOf(limit, source)})`;
}
