import type { CapturedReference, CapturedText, Patch, Target } from '../../wire/captured.ts';
import { numberOf } from '../number-of.ts';
import { honoursSourceMaps } from '../scripts/source-maps-enabled.ts';
import type { Literal } from './literal.ts';

/** One function of a capture: what its literal is, and what its variables hold. */
export interface CapturedFunction {
  readonly literal: Literal;
  readonly name: string;
  /** Where it is not that of the text. */
  readonly length: number | undefined;
  readonly bindings: readonly { readonly name: string; readonly target: Target }[];
}

// The whole map may stand in its URL.
const SHORT = 1000;

/**
 * The reference for these functions. Calls that differ in nothing but the values they bring have the
 * same one, so that a thread compiles the texts once.
 */
export function referenceFor(functions: readonly CapturedFunction[], patches: readonly Patch[]): CapturedReference {
  const [{ literal }] = functions as [CapturedFunction];
  const { references } = literal;
  const mapped = honoursSourceMaps();
  const key = `${mapped ? 'mapped ' : ''}${shapeOf(functions, patches)}`;
  let reference = references.get(key);
  if (reference === undefined) {
    reference = { kind: 'captured', functions: functions.map((f) => textOf(f, mapped)), patches, sourceMaps: mapped };
    references.set(key, reference);
  }
  return reference;
}

function shapeOf(functions: readonly CapturedFunction[], patches: readonly Patch[]): string {
  let shape = '';
  for (const { literal, name, length, bindings } of functions) {
    shape += `${numberOf(literal)} ${name}(`;
    if (length !== undefined) shape += `${length})(`;
    for (const binding of bindings) shape += `${binding.name}=${keyOf(binding.target)},`;
    shape += ')';
  }
  for (const { slot, path, target, accessor, symbol } of patches) {
    shape += `${slot}${JSON.stringify(path)}${accessor ?? ''}${symbol === undefined ? '' : ' symbol'}=${keyOf(target)};`;
  }
  return shape;
}

function keyOf(target: Target): string {
  switch (target.kind) {
    case 'value':
      return `v${target.slot}`;
    case 'function':
      return `f${target.index}`;
    case 'loaded':
      return `l${numberOf(target.reference)}`;
  }
}

function isDebugged(): boolean {
  return process.getBuiltinModule('node:inspector').url() !== undefined;
}

function textOf({ literal, name, length, bindings }: CapturedFunction, mapped: boolean): CapturedText {
  const { text, strict, script, line, column, neededAtOnce, runsCode, offsets } = literal;
  const form = literal.form as CapturedText['form'];
  const parts: CapturedText = { name, text, form, strict, script, line, column, bindings, neededAtOnce, runsCode };
  const measured = length === undefined ? parts : { ...parts, length };
  const captured = offsets === undefined ? measured : { ...measured, offsets };
  const sourceMapUrl = literal.sourceMapUrl();
  const isOfUse = mapped || sourceMapUrl.length < SHORT || isDebugged();
  return sourceMapUrl === '' || !isOfUse ? captured : { ...captured, sourceMapUrl };
}
