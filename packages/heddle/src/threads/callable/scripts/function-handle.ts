import type { Session } from 'node:inspector';
import { ask, objectGroup, whileHolding } from './inspector-session.ts';

/** What the inspector says about a value. */
export interface RemoteObject {
  readonly objectId?: string;
  readonly value?: unknown;
}

/** What V8 knows of a function and JavaScript cannot read. */
export interface InternalProperty {
  readonly name: string;
  readonly value?: RemoteObject;
}

/** Where a function is written; line and column count from 0. */
export interface ScriptPosition {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber?: number;
}

const SLOT = Symbol.for('heddle.callable.slot');
// The expressions run in the main realm's global scope. A core module's object is the one place that
// both it and code of other realms (test runners make their own globals) are sure to share.
const SLOT_HERE = 'process.getBuiltinModule("node:inspector").Session[Symbol.for("heddle.callable.slot")]';
const WRITE_SLOT = `function () { ${SLOT_HERE} = this }`;

/** Asks about a function of ours, by the inspector's handle for it. */
export function askAbout<Answer>(session: Session, f: Function, question: (objectId: string) => Answer): Answer {
  return whileHolding(session, () => question(handleOf(session, f)));
}

function handleOf(session: Session, f: Function): string {
  slotOwner()[SLOT] = f;
  try {
    const { result } = ask<{ result: RemoteObject }>(session, 'Runtime.evaluate', {
      expression: SLOT_HERE,
      objectGroup,
      silent: true,
      disableBreaks: true,
    });
    if (result.objectId === undefined) throw new Error('The inspector gave no handle for the function.');
    return result.objectId;
  } finally {
    slotOwner()[SLOT] = undefined;
  }
}

/** The value behind a handle: the inspector only describes values, but it calls functions on them. */
export function valueOf(session: Session, objectId: string): unknown {
  try {
    ask(session, 'Runtime.callFunctionOn', { objectId, functionDeclaration: WRITE_SLOT, silent: true });
    return slotOwner()[SLOT];
  } finally {
    slotOwner()[SLOT] = undefined;
  }
}

/** What V8 knows of the function behind a handle. */
export function internalsOf(session: Session, objectId: string): (name: string) => RemoteObject | undefined {
  const { internalProperties = [] } = ask<{ internalProperties?: readonly InternalProperty[] }>(
    session,
    'Runtime.getProperties',
    { objectId, ownProperties: true },
  );
  return (name) => internalProperties.find((property) => property.name === name)?.value;
}

/** Where the function behind a handle is written, if it is written in JavaScript. */
export function scriptPositionOf(session: Session, objectId: string): ScriptPosition | undefined {
  return internalsOf(session, objectId)('[[FunctionLocation]]')?.value as ScriptPosition | undefined;
}

function slotOwner(): Record<symbol, unknown> {
  return process.getBuiltinModule('node:inspector').Session as unknown as Record<symbol, unknown>;
}
