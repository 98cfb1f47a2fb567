import type { AnyNode, Class } from 'acorn';
import { dataProperty } from '../members.ts';
import { namesWithin } from './class-parts.ts';
import type { Literal } from './literal.ts';
import { memberChain } from './syntax.ts';
import type { Variable } from './variables.ts';

/** `[name]`, `[keys.name]` or `` [`on${name}`] ``: texts, and what stands between them. */
type KeyPart = string | { readonly name: string; readonly steps: readonly string[] };

/** A computed key of a class's member. */
export interface ComputedKey {
  readonly isStatic: boolean;
  /** Where the values of variables tell what it comes to, and the class or its prototype whether it did. */
  readonly parts: readonly KeyPart[] | undefined;
  readonly names: readonly string[];
}

export function computedKeysOf({ body }: Class['body']): readonly ComputedKey[] {
  return body.flatMap((member) => {
    if (!('computed' in member) || !member.computed) return [];
    // Only its instances have a field, and a thread makes its own.
    const shows = member.type === 'MethodDefinition' || member.static;
    const parts = shows ? partsOf(member.key) : undefined;
    return [{ isStatic: member.static, parts, names: namesWithin([member.key]) }];
  });
}

function partsOf(key: AnyNode): readonly KeyPart[] | undefined {
  if (key.type !== 'TemplateLiteral') {
    const part = variableIn(key);
    return part === undefined ? undefined : [part];
  }
  const parts: KeyPart[] = [];
  for (const [index, { value }] of key.quasis.entries()) {
    const expression = key.expressions[index];
    const part = expression && variableIn(expression);
    parts.push(value.cooked ?? '');
    if (part !== undefined) parts.push(part);
    else if (expression !== undefined) return undefined;
  }
  return parts;
}

function variableIn(node: AnyNode): KeyPart | undefined {
  if (node.type === 'Identifier') return { name: node.name, steps: [] };
  if (node.type !== 'MemberExpression') return undefined;
  const { root, steps, cut } = memberChain(node);
  return root.type === 'Identifier' && !cut ? { name: root.name, steps } : undefined;
}

/**
 * The variable of a key that came to something else when the class was made than it would come to now; undefined where
 * there is none, or nothing tells.
 */
export function changedKey(
  f: Function,
  keys: readonly ComputedKey[],
  variables: readonly Variable[],
): string | undefined {
  for (const { isStatic, parts } of keys) {
    if (parts === undefined) continue;
    const values = parts.map((part) => (typeof part === 'string' ? part : valueOf(part, variables)));
    if (!values.every(isKey)) continue;
    const key = values.length === 1 ? (values[0] as PropertyKey) : values.map(String).join('');
    const owner = (isStatic ? f : dataProperty(f, 'prototype')) as object;
    if (Object.hasOwn(owner, key)) continue;
    return parts.find((part) => typeof part !== 'string')?.name;
  }
  return undefined;
}

/** A variable of a key of which nothing tells what it came to, where the program gives it other values, or writes into it. */
export function changeableKey(
  { computedKeys, facts, start }: Literal,
  variables: readonly Variable[],
): string | undefined {
  return computedKeys
    .flatMap(({ parts, names }) => (parts === undefined ? names : []))
    .find((name) => {
      const variable = variables.find(({ usage }) => usage.name === name);
      if (variable === undefined) return false;
      return facts.reassigned.has(name) || facts.isWrittenInto(name, start, variable.value);
    });
}

function valueOf({ name, steps }: KeyPart & object, variables: readonly Variable[]): unknown {
  let value = variables.find(({ usage }) => usage.name === name)?.value;
  for (const step of steps) {
    value =
      (typeof value === 'object' && value !== null) || typeof value === 'function'
        ? dataProperty(value, step)
        : undefined;
  }
  return value;
}

function isKey(value: unknown): value is PropertyKey {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'symbol';
}
