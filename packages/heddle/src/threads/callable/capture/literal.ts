import type { Identifier } from 'acorn';
import { expressionNames, type Start } from './expression-names.ts';
import type { Obstacle } from './free-variables.ts';
import { freeVariables } from './free-variables.ts';
import { type ComputedKey, computedKeysOf } from './computed-keys.ts';
import { lengthByText } from './given-length.ts';
import { memoriesOfInterop } from './interop.ts';
import { isLazyDefinition } from './lazy-definition.ts';
import { type LiteralText, readLiteral } from './literal-text.ts';
import {
  type ClassMembers,
  membersOf,
  namesInKeys,
  namesNeededAtOnce,
  type Parent,
  parentOf,
  runsCode,
} from './class-parts.ts';
import { type ModuleFacts, readModule } from './module-facts.ts';
import { type Source, sourceOf } from './source.ts';
import { BoundedMap } from '../../wire/bounded-map.ts';
import type { Origin } from '../scripts/origin.ts';
import { readablePath } from '../scripts/readable-path.ts';
import { isCoverageTaken } from '../scripts/coverage.ts';
import { lengthOfScript, type Script, sourceMapUrlOf } from '../scripts/scripts.ts';
import { hasHiddenMode } from './strict-code.ts';
import { newUsage, type Usage } from './usage.ts';
import type { CapturedReference, CapturedText, LoadableReference, Offsets } from '../../wire/captured.ts';

type ScriptOrigin = Origin & { readonly kind: 'script' };

/**
 * One function literal or class of the source, analysed: what all the closures have in common
 * that are made where it stands.
 */
export interface Literal {
  readonly kind: 'literal';
  readonly form: CapturedText['form'] | 'private';
  readonly isArrow: boolean;
  /** Its `length` by its text. */
  readonly length: number | undefined;
  /** Ready to be compiled elsewhere. */
  readonly text: string;
  readonly script: string;
  readonly isModule: boolean;
  readonly strict: boolean;
  /** Whether it may do otherwise in sloppy code, and nobody but the inspector tells whether it is there. */
  readonly hasHiddenMode: boolean;
  /** Where the text starts, both counted from 0. */
  readonly line: number;
  readonly column: number;
  /** Where that is in the script's text. */
  readonly start: number;
  /** What the script's `//# sourceURL=` says, where it has one. */
  readonly sourceUrl: string | undefined;
  /** What the script's `//# sourceMappingURL=` says; empty where it has none. */
  sourceMapUrl(): string;
  /** Where the text is in the script, for a measuring of coverage. */
  readonly offsets: Offsets | undefined;
  readonly usages: readonly Usage[];
  readonly obstacles: readonly Obstacle[];
  /** The variable in which it puts another function in its own place when it is first called, as each copy may. */
  readonly replaced: { readonly name: string; readonly assignedAt: number; readonly isDeclared: boolean } | undefined;
  /** The variables outside in which it remembers what it has made: each copy begins with nothing. */
  readonly memories: ReadonlySet<string>;
  readonly ownThis: number | undefined;
  readonly importsDynamically: boolean;
  /** Of a class: the names that are used while it is made. */
  readonly neededAtOnce: readonly string[];
  /** Of a class: whether it runs code of its own while it is made, by its static parts or the keys of its members. */
  readonly runsCode: boolean;
  /** Of a class: the name that stands in the text for what it extends. */
  readonly parentName: string | undefined;
  /** Of a class: the names in the computed keys of its members, which were used when it was made. */
  readonly namesInKeys: readonly string[];
  /** Of a class: the same keys, as far as it shows what they came to. */
  readonly computedKeys: readonly ComputedKey[];
  /** Of a class: what it has by its text. */
  readonly members: ClassMembers | undefined;
  readonly facts: ModuleFacts;
  /** The names of function expressions around it that it uses, and where that starts whose variable is as good. */
  readonly expressionNames: ReadonlyMap<string, Start | undefined>;
  /** What was sent for its closures before, by the shape of what they capture. */
  readonly references: Map<string, CapturedReference>;
  /** What its variables load in a thread, by their names: one object each, by which a thread knows them again. */
  readonly loadables: Map<string, LoadableReference>;
  /** The variables that a warning was given about. */
  readonly warned: Set<string>;
}

/** The name that stands for `import` in a captured text: as long as it, so that positions stay. */
export const IMPORT = '$mport';

/** Names and paths in what a closure captures can come from the program's data, so that there is no end of them. */
const MOST_SHAPES = 1000;
/** The texts of `new Function` are scripts as well. */
const MOST_SCRIPTS = 5000;

const factsByScript = new BoundedMap<string, ModuleFacts>(MOST_SCRIPTS);

/**
 * Analyses the text of `f`.
 *
 * @throws SyntaxError where the parser cannot read it
 */
export function analyse(f: Function, origin: ScriptOrigin): Literal {
  const text = Function.prototype.toString.call(f);
  const { script, scriptId } = origin;
  const source = sourceOf(origin, text);
  const facts = factsOf(scriptId, script.isModule, source);
  const read = readLiteral(text, script.isModule ? 'module' : 'script');
  const parent = read.node.type === 'ClassExpression' ? parentOf(read.node, text, read.start) : undefined;
  const strict = facts.isStrictAt(source?.start ?? 0);
  const declared = facts.replaced.has(source?.start ?? -1) ? nameOf(read.node) : undefined;
  const free = freeVariables(read.node, strict, parent === undefined, declared !== undefined);
  const obstacles = free.obstacles.map((obstacle) => ({ ...obstacle, offset: obstacle.offset - read.start }));
  const memories = memoriesOfInterop(read.node);
  const usages = [...free.usages.values()].map((usage) => {
    if (usage.assignedAt !== undefined) usage.assignedAt -= read.start;
    if (memories.has(usage.name)) usage.assignedAt = undefined;
    return usage;
  });
  const replaced = replacedBy(read, usages, declared);
  if (parent !== undefined) usages.push({ ...newUsage(parent.name), whole: true });
  return {
    kind: 'literal',
    form: formOf(read),
    length: lengthByText(read.node),
    isArrow: read.node.type === 'ArrowFunctionExpression',
    text: portable(text, read, free.dynamicImports, parent, declared),
    parentName: parent?.name,
    script: scriptName(script),
    isModule: script.isModule,
    strict,
    hasHiddenMode: hasHiddenMode(read.node),
    line: source?.line ?? origin.line,
    column: source?.column ?? origin.column,
    start: source?.start ?? 0,
    sourceUrl: facts.sourceUrl,
    sourceMapUrl: sourceMapUrlBy(facts, scriptId),
    offsets: isCoverageTaken() ? { start: source?.start ?? 0, end: endOf(scriptId) } : undefined,
    usages,
    obstacles,
    replaced,
    memories,
    ownThis: free.ownThis === undefined ? undefined : free.ownThis - read.start,
    importsDynamically: free.dynamicImports.length > 0,
    neededAtOnce: read.node.type === 'ClassExpression' ? namesNeededAtOnce(read.node, parent) : [],
    runsCode: read.node.type === 'ClassExpression' && runsCode(read.node),
    namesInKeys: read.node.type === 'ClassExpression' ? namesInKeys(read.node.body) : [],
    computedKeys: read.node.type === 'ClassExpression' ? computedKeysOf(read.node.body) : [],
    members: read.node.type === 'ClassExpression' ? membersOf(read.node) : undefined,
    expressionNames: expressionNames(usages, source && { scriptId, offset: source.start }, facts),
    facts,
    references: new BoundedMap(MOST_SHAPES),
    loadables: new Map(),
    warned: new Set(),
  };
}

/** Takes what a lazily defined function assigns to its own variable for no assignment to what is outside of it. */
function replacedBy(
  { node }: LiteralText,
  usages: readonly Usage[],
  declared: Identifier | undefined,
): Literal['replaced'] {
  const own = usages.find(({ name, assignedAt }) => assignedAt !== undefined && isLazyDefinition(node, name));
  if (own?.assignedAt === undefined) return undefined;
  const { name, assignedAt } = own;
  own.assignedAt = undefined;
  return { name, assignedAt, isDeclared: name === declared?.name };
}

// Made apart: within `analyse` it would keep all that its other closures see, the whole syntax tree.
function sourceMapUrlBy(facts: ModuleFacts, scriptId: string): () => string {
  return () => facts.sourceMapUrl ?? sourceMapUrlOf(scriptId);
}

const ends = new BoundedMap<string, number>(MOST_SCRIPTS);

function endOf(scriptId: string): number {
  let end = ends.get(scriptId);
  if (end === undefined) {
    end = lengthOfScript(scriptId) ?? 0;
    ends.set(scriptId, end);
  }
  return end;
}

function factsOf(scriptId: string, isModule: boolean, source: Source | undefined): ModuleFacts {
  let facts = factsByScript.get(scriptId);
  if (facts === undefined) {
    facts = readModule(source?.text, isModule ? 'module' : 'script');
    factsByScript.set(scriptId, facts);
  }
  return facts;
}

/** The name under which stacks show the script: Node gives CommonJS files by their path. */
function scriptName({ url, isModule }: Script): string {
  return isModule ? url : readablePath(url);
}

function formOf({ form, node }: LiteralText): Literal['form'] {
  if (form !== 'expression') return form;
  return node.type === 'ClassExpression' ? 'class' : 'function';
}

/** The text without what only its surroundings give a meaning to; every character stays at its place. */
function portable(
  text: string,
  { start, key }: LiteralText,
  imports: readonly number[],
  parent: Parent | undefined,
  declared: Identifier | undefined,
): string {
  let changed = text;
  // As an expression it would have the name to itself.
  if (declared !== undefined) {
    const from = declared.start - start;
    changed = replace(changed, from, blank(text.slice(from, declared.end - start)));
  }
  if (parent !== undefined) {
    changed = replace(changed, parent.start, inPlaceOf(text, parent.start, parent.end, parent.name));
  }
  for (const offset of imports) changed = replace(changed, offset - start, IMPORT);
  if (key !== undefined && changed[key[0]] === '[') {
    changed = replace(changed, key[0], inPlaceOf(text, ...key, 'm'));
  }
  return changed;
}

function nameOf(node: LiteralText['node']): Identifier | undefined {
  return node.type === 'FunctionExpression' ? (node.id ?? undefined) : undefined;
}

/** A letter, as long as what it stands for: at the end of that where a word is right before it, as in minified `extends(…)`. */
function inPlaceOf(text: string, start: number, end: number, letter: string): string {
  return /[\p{ID_Continue}$]/u.test(text.charAt(start - 1))
    ? blank(text.slice(start, end - 1)) + letter
    : letter + blank(text.slice(start + 1, end));
}

function blank(text: string): string {
  return text.replace(/[^\r\n\u2028\u2029]/g, ' ');
}

function replace(text: string, at: number, by: string): string {
  return text.slice(0, at) + by + text.slice(at + by.length);
}
