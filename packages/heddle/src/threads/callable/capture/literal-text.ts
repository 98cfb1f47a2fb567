import { types } from 'node:util';
import type { AnyNode, ArrowFunctionExpression, ClassExpression, FunctionExpression } from 'acorn';
import { parse } from './parser.ts';

/** How the text of a function stands in a program. */
export type Form = 'expression' | 'method' | 'getter' | 'setter' | 'private';

/** The syntax of a function or class as an expression. */
export type FunctionOrClass = FunctionExpression | ArrowFunctionExpression | ClassExpression;

/** The text of one function or class, read. */
export interface LiteralText {
  readonly form: Form;
  readonly node: FunctionOrClass;
  /** Where the text starts in the offsets of `node`. */
  readonly start: number;
  /** For a method or an accessor: the offset into the text of its name, brackets included, and the end of it. */
  readonly key: readonly [start: number, end: number] | undefined;
}

// Within a function, `new.target` and `arguments` can be read everywhere, so that they can be spoken of.
const BEFORE = 'function $() { return (';

/**
 * Reads what `Function.prototype.toString` gives: a function expression, an arrow function or a class,
 * or, of a method, something that only makes sense within an object or a class.
 *
 * @throws SyntaxError where it is none of these
 */
export function readLiteral(text: string, sourceType: 'script' | 'module'): LiteralText {
  return (
    attempt(() => readExpression(text, sourceType)) ??
    attempt(() => readMethod(text, sourceType)) ??
    // The last reading's complaint is the one to hear.
    readPrivateMethod(text, sourceType) ??
    readExpression(text, sourceType) ??
    fail()
  );
}

function readExpression(text: string, sourceType: 'script' | 'module'): LiteralText | undefined {
  const node = returned(parse(`${BEFORE}${text}\n) }`, sourceType));
  if (node === undefined || !isFunctionOrClass(node)) return undefined;
  return { form: 'expression', node, start: BEFORE.length, key: undefined };
}

function readMethod(text: string, sourceType: 'script' | 'module'): LiteralText | undefined {
  const before = `${BEFORE}{`;
  const object = returned(parse(`${before}${text}\n}) }`, sourceType));
  const property =
    object?.type === 'ObjectExpression' && object.properties.length === 1 ? object.properties[0] : undefined;
  if (property?.type !== 'Property' || property.value.type !== 'FunctionExpression') return undefined;
  const offset = before.length;
  const keyStart = property.computed ? (BEFORE_BRACKET.exec(text)?.[0].length ?? 0) : property.key.start - offset;
  const key = [keyStart, property.value.start - offset] as const;
  return { form: FORMS[property.kind], node: property.value, start: offset, key };
}

/** What may stand before a computed key: `async`, `get`, a star, and comments, with brackets in them or not. */
const BEFORE_BRACKET = /^(?:[^[/]|\/\*[^]*?\*\/|\/\/.*)*/;

const FORMS = { init: 'method', get: 'getter', set: 'setter' } as const;

function readPrivateMethod(text: string, sourceType: 'script' | 'module'): LiteralText | undefined {
  const before = `${BEFORE}class {`;
  const node = returned(parse(`${before}${text}\n}) }`, sourceType));
  const member = node?.type === 'ClassExpression' ? node.body.body[0] : undefined;
  if (member?.type !== 'MethodDefinition' || member.key.type !== 'PrivateIdentifier') return undefined;
  return { form: 'private', node: member.value, start: before.length, key: undefined };
}

function returned(program: AnyNode): AnyNode | undefined {
  if (program.type !== 'Program' || program.body.length !== 1) return undefined;
  const [wrapper] = program.body;
  const statement = wrapper?.type === 'FunctionDeclaration' ? wrapper.body.body[0] : undefined;
  return statement?.type === 'ReturnStatement' ? (statement.argument ?? undefined) : undefined;
}

function isFunctionOrClass(node: AnyNode): node is FunctionOrClass {
  return (
    node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression' || node.type === 'ClassExpression'
  );
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    // The parser may have been loaded in another realm.
    if (types.isNativeError(error) && error.name === 'SyntaxError') return undefined;
    throw error;
  }
}

function fail(): never {
  throw new SyntaxError('The text is no function.');
}
