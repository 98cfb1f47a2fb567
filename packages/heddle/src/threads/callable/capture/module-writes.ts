import type { AnyNode, CallExpression, Class, FunctionDeclaration, Identifier, Program } from 'acorn';
import { DeclaredFunctions } from './declared-functions.ts';
import { EnclosingFunction, ownerOf } from './enclosing-function.ts';
import type { ModuleFacts } from './module-facts.ts';
import { isBuiltIn, isMutator } from './mutators.ts';
import { declaredAgain, declaredInBlock } from './repeated-declarations.ts';
import { isInitThread, type SetUp, setUpBy, SetUps, wayOfSetUp, wayTo } from './set-ups.ts';
import { isWithin, type Stretch } from './strict-code.ts';
import { childrenOf, memberChain, namesIn } from './syntax.ts';

/** Where a name stands for one variable into whose value something is written. */
interface Meaning {
  readonly start: number;
  readonly end: number;
  readonly writes: Map<string, Write>;
}

/** That something is written into it, by the call of a method or otherwise. */
interface Write {
  readonly call: readonly string[] | undefined;
  /** Up to where code stands that may run before the last such write; infinite for what is written by functions within. */
  until: number;
}

const NO_WRITES: readonly Write[] = [];

const EVERYWHERE: Stretch = [-1, Number.POSITIVE_INFINITY];

/** What the text of a whole module tells of what it writes into, and how. */
type WrittenFacts = Pick<
  ModuleFacts,
  'reassigned' | 'replaced' | 'evaluates' | 'decorated' | 'isWrittenInto' | 'isWrittenLater' | 'setUps'
>;

/**
 * @param required the names at its top that stand for what other modules export
 * @param see gets each node on the way: to go through a big program takes long, and is done once
 */
export function writesIn(
  program: Program,
  isStrictAt: (offset: number) => boolean,
  required: ModuleFacts['required'],
  see: (node: AnyNode) => void,
): WrittenFacts {
  const reassigned = new Set(declaredAgain(program));
  const functions = new DeclaredFunctions();
  let evaluates = false;
  const mutated = new Map<string, Map<number, Meaning>>();
  const noted: (readonly [where: Stretch, setUp: SetUp])[] = [];
  /** What sets up something in each thread. */
  const inThreads = new Set<string>();
  /** What is run in each thread, around what is looked at. */
  let initThread: AnyNode | undefined;
  const decorated = new Set<string>();
  /** The static blocks of classes, by the name of the class. */
  const ownBlocks = new Map<string, Stretch[]>();
  let around: EnclosingFunction | undefined;
  /** The outermost loop or field of a class around what is looked at: it runs more than once. */
  let repeated: AnyNode | undefined;
  /** Whether a class writes into itself while it is made, as it does again in a thread. */
  const isWhileMade = ({ name, start }: Identifier): boolean =>
    (ownBlocks.get(name) ?? []).some(
      (block) => isWithin([block])(start) && (around === undefined || around.node.start < block[0]),
    );
  const writtenInto = (root: AnyNode, call?: readonly string[]): void => {
    if (root.type !== 'Identifier' || isWhileMade(root)) return;
    const owner = ownerOf(root.name, around);
    // Parameters have a name to themselves, as in TypeScript's enums.
    if (owner?.parameters.has(root.name)) return;
    const meanings = mutated.get(root.name) ?? new Map<number, Meaning>();
    if (meanings.size === 0) mutated.set(root.name, meanings);
    const [start, end] = owner === undefined ? EVERYWHERE : [owner.node.start, owner.node.end];
    const meaning = meanings.get(start) ?? { start, end, writes: new Map<string, Write>() };
    if (meaning.writes.size === 0) meanings.set(start, meaning);
    const key = call?.join('.') ?? '=';
    const until = around === owner ? lastOf(root, repeated) : Number.POSITIVE_INFINITY;
    const write = meaning.writes.get(key);
    if (write === undefined) meaning.writes.set(key, { call, until });
    else write.until = Math.max(write.until, until);
  };
  const written = (target: AnyNode): void => {
    if (target.type === 'MemberExpression') {
      const { root } = memberChain(target);
      writtenInto(root);
      if (root.type === 'Identifier' && root.name === 'arguments') writtenAsArgument();
    } else {
      for (const { name } of namesIn(target)) {
        reassigned.add(name);
        functions.written(name, around);
      }
    }
  };
  /** Parameters of sloppy functions are what `arguments` holds: who writes into that, assigns to them. */
  const writtenAsArgument = (): void => {
    let owner = around;
    while (owner?.node.type === 'ArrowFunctionExpression') owner = owner.outer;
    for (const name of owner?.parameters ?? []) reassigned.add(name);
  };
  // Development servers and test runners put a function around all of a module.
  const isWrapped = program.body.length <= 2;
  const isOfModule = (owner: EnclosingFunction | undefined): boolean =>
    owner === undefined || (isWrapped && owner.outer === undefined);
  const setsUp = (setUp: SetUp | undefined): void => {
    // What stands first is seen last.
    if (setUp === undefined || !isOfModule(around) || ownerOf(setUp.name, around) !== around) return;
    noted.push([around === undefined ? EVERYWHERE : [around.node.start, around.node.end], setUp]);
  };
  // A `var` in a loop gets another value each time round without an assignment.
  const topVars = new Set<AnyNode>(program.body);
  /** Declarations at the top, by name, and where code at the top calls them first, or passes them to a call. */
  const hoisted = new Map(
    program.body.flatMap(declaredFunction).map(({ id, start }) => [id.name, { start, used: start }]),
  );
  const open: AnyNode[] = [program];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    // Not kept beside each node: a bundle has millions of them.
    while (around !== undefined && !(around.node.start <= node.start && node.end <= around.node.end)) {
      around = around.outer;
    }
    if (repeated !== undefined && !(repeated.start <= node.start && node.end <= repeated.end)) repeated = undefined;
    if (repeated === undefined && isRepeated(node)) repeated = node;
    if (initThread !== undefined && !(initThread.start <= node.start && node.end <= initThread.end))
      initThread = undefined;
    initThread ??= isInitThread(node) ? node : undefined;
    const way = initThread && wayOfSetUp(node);
    if (way !== undefined) inThreads.add(way);
    see(node);
    if ('params' in node) around = new EnclosingFunction(node, around);
    if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') noteBlocks(node, ownBlocks);
    if (node.type === 'FunctionDeclaration') functions.see(node, around?.outer);
    for (const name of declaredInBlock(node, around?.node.body)) if (!isStrictAt(node.start)) reassigned.add(name);
    if (node.type === 'AssignmentExpression') written(node.left);
    else if (node.type === 'UpdateExpression') written(node.argument);
    else if (node.type === 'UnaryExpression' && node.operator === 'delete') written(node.argument);
    else if (node.type === 'ForInStatement' || node.type === 'ForOfStatement') written(node.left);
    else if (node.type === 'VariableDeclaration' && node.kind === 'var') {
      for (const { id, init } of node.declarations) {
        if (!topVars.has(node)) written(id);
        // It may have the name of a function beside it.
        else if (init) for (const { name } of namesIn(id)) functions.written(name, around);
      }
    } else if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
      const { root, steps } = memberChain(node.callee);
      if (isMutator(steps.at(-1))) writtenInto(root, steps);
    }
    if (node.type === 'ExpressionStatement') setsUp(setUpBy(node, (name) => required.has(name) || hoisted.has(name)));
    if (node.type === 'CallExpression') {
      if (node.callee.type === 'Identifier' && node.callee.name === 'eval') evaluates = true;
      for (const name of decoratedBy(node)) decorated.add(name);
      if (around === undefined && hoisted.size > 0) {
        for (const used of [node.callee, ...node.arguments]) {
          const declared = used.type === 'Identifier' ? hoisted.get(used.name) : undefined;
          if (declared !== undefined) declared.used = Math.min(declared.used, node.start);
        }
      }
    }
    for (const child of childrenOf(node)) open.push(child);
  }
  const setUps = new SetUps();
  for (const [where, setUp] of noted) if (!inThreads.has(wayTo(setUp))) setUps.note(setUp.name, ...where, setUp);
  const usedAbove = new Map<number, number>();
  for (const { start, used } of hoisted.values()) if (used < start) usedAbove.set(start, used);
  return {
    reassigned,
    replaced: functions.replaced(),
    evaluates,
    decorated,
    setUps,
    ...writesAmong(mutated, usedAbove),
  };
}

/** The function that a statement at the top declares, which is there before anything runs. */
function declaredFunction(statement: AnyNode): FunctionDeclaration[] {
  const isExport = statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration';
  const declared: AnyNode | null | undefined = isExport ? statement.declaration : statement;
  return declared?.type === 'FunctionDeclaration' && declared.id ? [declared as FunctionDeclaration] : [];
}

function isRepeated({ type }: AnyNode): boolean {
  return /^(?:For|While|DoWhile)\w*Statement$|^PropertyDefinition$/.test(type);
}

function lastOf(written: AnyNode, repeated: AnyNode | undefined): number {
  if (repeated === undefined) return written.end;
  // A field is made with each instance.
  return repeated.type === 'PropertyDefinition' ? Number.POSITIVE_INFINITY : repeated.end;
}

function noteBlocks({ id, body }: Class, blocks: Map<string, Stretch[]>): void {
  if (!id) return;
  const own = body.body.filter(({ type }) => type === 'StaticBlock').map(({ start, end }): Stretch => [start, end]);
  if (own.length > 0) blocks.set(id.name, [...(blocks.get(id.name) ?? []), ...own]);
}

/** Made here, where nothing else is within its reach: the syntax tree would stay with it. */
function writesAmong(
  mutated: ReadonlyMap<string, ReadonlyMap<number, Meaning>>,
  usedAbove: ReadonlyMap<number, number>,
): Pick<ModuleFacts, 'isWrittenInto' | 'isWrittenLater'> {
  // Asked at each call: in a minified bundle a name is written into at thousands of places, of which few can be meant.
  const known = new Map<string, Map<number, readonly Write[]>>();
  const writesAt = (name: string, offset: number): readonly Write[] => {
    const all = mutated.get(name);
    if (all === undefined) return NO_WRITES;
    const ofName = known.get(name) ?? new Map<number, readonly Write[]>();
    if (ofName.size === 0) known.set(name, ofName);
    let at = ofName.get(offset);
    if (at === undefined) {
      const found: Write[] = [];
      for (const { start, end, writes } of all.values()) {
        if (start < offset && offset < end) found.push(...writes.values());
      }
      at = found;
      ofName.set(offset, at);
    }
    return at;
  };
  const isOne = (name: string, offset: number, value: unknown, counts: (write: Write) => boolean): boolean =>
    writesAt(name, offset).some((write) => (write.call === undefined || isBuiltIn(value, write.call)) && counts(write));
  return {
    isWrittenInto: (name, offset, value) => isOne(name, offset, value, () => true),
    isWrittenLater: (name, offset, value, isLoaded) =>
      isOne(name, offset, value, ({ until }) => {
        if (until === Number.POSITIVE_INFINITY) return true;
        return (usedAbove.get(offset) ?? offset) < until && !isLoaded();
      }),
  };
}

/** TypeScript writes `__decorate([...], Name.prototype, ...)`, perhaps as a part of tslib, esbuild `__decorateClass(...)`. */
function decoratedBy({ callee, arguments: [, decorated] }: CallExpression): string[] {
  const name = callee.type === 'MemberExpression' ? callee.property : callee;
  if (name.type !== 'Identifier' || !/^__decorate(?:Class)?$/.test(name.name) || decorated === undefined) return [];
  const root = decorated.type === 'MemberExpression' ? memberChain(decorated).root : decorated;
  return root.type === 'Identifier' ? [root.name] : [];
}
