import type { Program } from 'acorn';
import { positionOf } from './call-position.ts';
import { sinksOf, type Sinks } from './sinks.ts';
import { functionAround, isChain, isReadable, list, type Node, part, type Path, plain, walk } from './syntax.ts';

/** A call in a script that V8 has compiled. Offsets into its text. */
export interface CallSite {
  /** Where V8 says that the call is, in stacks and for breakpoints. */
  readonly position: number;
  /** Where the statement begins that it is in, or the arrow function's expression. */
  readonly statementStart: number;
  /** What is called, and on what, where that can be read without calling anything. */
  readonly callee: string | undefined;
  readonly receiver: string | undefined;
  readonly args: readonly string[];
  /** Whether they can be read before the call, without calling what they call. */
  readonly areReadable: boolean;
  /** Where they stand: what stops the program there stops it before the call. */
  readonly brackets: { readonly start: number; readonly end: number };
  /** All of the call, as it is written in what V8 compiled. */
  readonly text: string;
  readonly isNew: boolean;
  readonly isInAsync: boolean;
  readonly sinks: Sinks;
}

/** What is known of the call that is looked for. */
export interface Wanted {
  readonly offset: number;
  /** The last name of what is called. */
  readonly name: string | undefined;
  /** The function that the offset is in. */
  readonly within: { readonly start: number; readonly end: number } | undefined;
}

/**
 * Finds a call: the one at the very offset, if any; else the nearest one of that name, in the function if there is one:
 * profiles know lines at best, and source maps may have been followed already.
 */
export function findCall(program: Program, source: string, wanted: Wanted): CallSite | undefined {
  let exact: Path | undefined;
  const named: { readonly path: Path; readonly distance: number }[] = [];
  walk(
    program,
    () => true,
    (path) => {
      const node = path.at(-1) as Node;
      if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
      const position = positionOf(node, source);
      if (position === wanted.offset) exact = path;
      if (wanted.name !== undefined && lastNameOf(node) === wanted.name) {
        const { start, end } = wanted.within ?? { start: 0, end: 0 };
        const outside = start <= position && position < end ? 0 : source.length;
        named.push({ path, distance: outside + Math.abs(position - wanted.offset) });
      }
    },
  );
  const found = exact ?? named.sort((a, b) => a.distance - b.distance)[0]?.path;
  return found === undefined ? undefined : siteOf(found, source);
}

function siteOf(path: Path, source: string): CallSite {
  const node = path.at(-1) as Node;
  const callee = calleeOf(node);
  const around = functionAround(path);
  const receiver = callee?.type === 'MemberExpression' ? part(callee, 'object') : undefined;
  const args = list(node, 'arguments');
  return {
    position: positionOf(node, source),
    statementStart: statementAround(path).start,
    callee: isChain(callee) ? textOf(callee as Node, source) : undefined,
    receiver: receiver !== undefined && isReadable(receiver) ? textOf(receiver, source) : undefined,
    args: args.map((argument) => textOf(argument, source)),
    areReadable: args.every(isReadable),
    brackets: { start: callee?.end ?? node.start, end: node.end },
    text: textOf(node, source),
    isNew: node.type === 'NewExpression',
    // At the top of a module one can wait as well.
    isInAsync: around === undefined || plain(around, 'async') === true,
    sinks: sinksOf(path, source),
  };
}

function statementAround(path: Path): Node {
  const index = path.findLastIndex((node, at) => {
    const inner = path[at + 1];
    if (node.type === 'ArrowFunctionExpression') return inner !== undefined && part(node, 'body') === inner;
    return /(?:Statement|Declaration)$/.test(node.type);
  });
  const found = path[index] as Node;
  return found.type === 'ArrowFunctionExpression' ? (path[index + 1] as Node) : found;
}

/** Transpilers write `(0, module.f)(…)`: a call on nothing. */
function calleeOf(node: Node): Node | undefined {
  const callee = part(node, 'callee');
  return callee?.type === 'SequenceExpression' ? list(callee, 'expressions').at(-1) : callee;
}

function lastNameOf(node: Node): string | undefined {
  const callee = calleeOf(node);
  const named = callee?.type === 'MemberExpression' ? part(callee, 'property') : callee;
  return named === undefined ? undefined : (plain(named, 'name') as string | undefined);
}

function textOf({ start, end }: Node, source: string): string {
  return source.slice(start, end);
}
