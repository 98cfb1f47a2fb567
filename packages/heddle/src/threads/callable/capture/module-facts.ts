import type { AnyNode, Program } from 'acorn';
import { type NamedExpressions, NamedExpressionSearch } from './named-expressions.ts';
import { loweringName } from './lowering.ts';
import { writesIn } from './module-writes.ts';
import { parse } from './parser.ts';
import { type RequiredName, requiredNames } from './required-names.ts';
import { isWithin, strictParts } from './strict-code.ts';
import { SetUps } from './set-ups.ts';

/** An imported binding: the specifier as it is written, and the export; no export for the namespace itself. */
export interface ImportedName {
  readonly specifier: string;
  readonly exported: string | undefined;
}

/** What the text of a whole module tells about the names at its top. */
export interface ModuleFacts {
  /** False where the text could not be had or read. */
  readonly known: boolean;
  readonly imports: ReadonlyMap<string, ImportedName>;
  /** Names at its top that are given to what other modules export. */
  readonly required: ReadonlyMap<string, RequiredName | undefined>;
  /** Names, as they are within the module, of what it exports. */
  readonly exported: ReadonlySet<string>;
  /** Names that are assigned to somewhere, be it in an inner scope of their own. */
  readonly reassigned: ReadonlySet<string>;
  /** Where function declarations start whose variables may get another value. */
  readonly replaced: ReadonlySet<number>;
  /** Whether it calls `eval`, which may assign to whatever it sees. */
  readonly evaluates: boolean;
  /** Names of classes that decorators are given to, in the way of a compiler. */
  readonly decorated: ReadonlySet<string>;
  /** What at its top shows that a compiler has made older JavaScript of it than Node needs. */
  readonly lowering: string | undefined;
  readonly namedExpressions: NamedExpressions;
  /** Whether code at this offset is strict. */
  isStrictAt(offset: number): boolean;
  /** Whether something is written somewhere into what a name stands for at this offset, its value now. */
  isWrittenInto(name: string, offset: number, value: unknown): boolean;
  /**
   * The same, without what is written but once, before the code at this offset is made: a table that is filled at the top.
   * A function that is declared below counts as made where the top uses it first: only there anybody can notice it.
   *
   * @param isLoaded tells whether all that stands at the top of the module has run
   */
  isWrittenLater(name: string, offset: number, value: unknown, isLoaded: () => boolean): boolean;
  /** By what is set up what its names stand for. */
  readonly setUps: SetUps;
  /** What its `//# sourceMappingURL=` says, empty where it has none; undefined where there is no text. */
  readonly sourceMapUrl: string | undefined;
  /** What its `//# sourceURL=` says, where it has one. */
  readonly sourceUrl: string | undefined;
}

const UNKNOWN: ModuleFacts = {
  known: false,
  imports: new Map(),
  required: new Map(),
  exported: new Set(),
  reassigned: new Set(),
  replaced: new Set(),
  evaluates: false,
  decorated: new Set(),
  lowering: undefined,
  namedExpressions: new Map(),
  isStrictAt: () => false,
  isWrittenInto: () => false,
  isWrittenLater: () => false,
  setUps: new SetUps(),
  sourceMapUrl: undefined,
  sourceUrl: undefined,
};

/** Reads a module's text, once. A text that the parser cannot read tells nothing. */
export function readModule(source: string | undefined, sourceType: 'script' | 'module'): ModuleFacts {
  let program: Program;
  try {
    if (source === undefined) throw new SyntaxError('There is no text.');
    program = parse(source, sourceType);
  } catch {
    const urls = source === undefined ? {} : urlsIn(source);
    return { ...UNKNOWN, isStrictAt: () => sourceType === 'module', ...urls };
  }
  const named = new NamedExpressionSearch();
  const isStrictAt = sourceType === 'module' ? everywhere : isWithin(strictParts(program));
  const imports = importsOf(program);
  const required = requiredNames(program);
  const writes = writesIn(program, isStrictAt, required, (node) => named.see(node));
  writes.setUps.share(imports);
  return {
    known: true,
    imports,
    required,
    exported: new Set(program.body.flatMap(exportedBy)),
    ...writes,
    lowering: loweringName(program),
    namedExpressions: named.found(isStrictAt),
    isStrictAt,
    ...urlsIn(source),
  };
}

function urlsIn(source: string): Pick<ModuleFacts, 'sourceMapUrl' | 'sourceUrl'> {
  return { sourceMapUrl: urlIn(source, 'sourceMappingURL') ?? '', sourceUrl: urlIn(source, 'sourceURL') };
}

/** What a comment of this name at the end says, also where brackets are around all: webpack's, for `eval`, or `new Function`'s. */
function urlIn(source: string, name: string): string | undefined {
  // A long map may stand in the comment itself: only what follows the last one is looked through.
  const comment = source.lastIndexOf(`# ${name}=`);
  if (comment === -1) return undefined;
  const end = source.slice(comment + name.length + 3);
  const url = /^\S+/.exec(end)?.[0] ?? '';
  // A comment goes to the end of its line: read as several, one of slashes alone would take forever to be no match.
  const isLast = /^\s*(?:\*\/\s*)?(?:(?:\/\/.*(?:[\n\r\u2028\u2029]|$)|[})])\s*)*$/.test(end.slice(url.length));
  return url !== '' && isLast ? url : undefined;
}

function importsOf({ body }: Program): Map<string, ImportedName> {
  const imports = new Map<string, ImportedName>();
  for (const statement of body) {
    if (statement.type !== 'ImportDeclaration') continue;
    // With attributes (`with { type: 'json' }`) the value is plain data, which travels as such.
    if ((statement.attributes?.length ?? 0) > 0) continue;
    const specifier = String(statement.source.value);
    for (const one of statement.specifiers) {
      imports.set(one.local.name, { specifier, exported: exportedName(one) });
    }
  }
  return imports;
}

function exportedName(specifier: AnyNode): string | undefined {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  if (specifier.type !== 'ImportSpecifier') return undefined;
  return specifier.imported.type === 'Literal' ? String(specifier.imported.value) : specifier.imported.name;
}

function exportedBy(statement: AnyNode): string[] {
  if (statement.type === 'ExportDefaultDeclaration') {
    const { declaration } = statement;
    if (declaration.type === 'Identifier') return [declaration.name];
    return 'id' in declaration && declaration.id ? [declaration.id.name] : [];
  }
  if (statement.type !== 'ExportNamedDeclaration' || statement.source) return [];
  const { declaration, specifiers } = statement;
  if (declaration?.type === 'VariableDeclaration') {
    return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
  }
  if (declaration) return [declaration.id.name];
  return specifiers.flatMap(({ local }) => (local.type === 'Identifier' ? [local.name] : []));
}

// Made apart: facts keep it, and within another function it would keep the syntax tree that is seen there.
function everywhere(): boolean {
  return true;
}
