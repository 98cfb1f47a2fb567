import type { Obstacle } from './obstacle.ts';
import { bare, childrenOf, isFunction, nameOf, type Node } from './syntax.ts';

interface Place {
  /** Whether `this` and `new.target` belong to the text. */
  readonly ownThis: boolean;
  /** Whether `super` does. */
  readonly ownSuper: boolean;
  /** The private names that do. */
  readonly ownPrivate: ReadonlySet<string>;
  /** Within the deferred function itself, which is called without a `this`. */
  readonly isCalledBare: boolean;
}

/**
 * What belongs to the place the text stands in: this, super, new.target, import.meta, private names, the variables that
 * `eval` would see.
 *
 * @param isDeferred whether the text is the deferred function itself, rather than something that it uses
 */
export function foreignSyntax(text: Node, isDeferred: boolean): Obstacle | undefined {
  const surroundings = (node: Node, what: string): Obstacle => {
    return { code: 'HEDDLE_CAPTURES_THIS', node, text, message: `uses the ${what} of its surroundings` };
  };
  const visit = (node: Node, place: Place): Obstacle | undefined => {
    switch (node.type) {
      case 'JSXMemberExpression':
      case 'ThisExpression':
        if (!isThis(node)) break;
        if (!place.ownThis) return surroundings(node, 'this');
        if (!place.isCalledBare) break;
        return { code: 'HEDDLE_CAPTURES_THIS', node, text, message: 'uses this, and is passed without it' };
      case 'Super':
        if (!place.ownSuper) return surroundings(node, 'super');
        break;
      case 'PrivateIdentifier':
        if (!place.ownPrivate.has(nameOf(node))) {
          const message = `uses the private member #${String(node['name'])}`;
          return { code: 'HEDDLE_CAPTURES_PRIVATE', node, text, message };
        }
        break;
      case 'CallExpression': {
        const callee = bare(node['callee'] as Node);
        if (callee.type !== 'Identifier' || nameOf(callee) !== 'eval') break;
        // As a value, `(0, eval)(text)`, it sees nothing but what is global.
        return { code: 'HEDDLE_USES_EVAL', node: callee, text, message: 'uses eval' };
      }
      case 'MemberExpression':
        // Bundlers put the same in its place wherever it stands.
        if (isImportMeta(bare(node['object'] as Node)) && nameIn(node) === 'env') return undefined;
        if (isImportMeta(bare(node['object'] as Node)) && !OF_NODE.has(nameIn(node))) {
          return { node, text, message: `uses import.meta.${nameIn(node)}, which the bundler may know` };
        }
        break;
      case 'MetaProperty':
        if (isImportMeta(node)) {
          const message = 'uses import.meta, which belongs to its own module';
          return { code: 'HEDDLE_IMPORT_META', node, text, message };
        }
        if (!place.ownThis) return surroundings(node, 'new.target');
    }
    const inner = placeIn(node, place, isDeferred && node === text);
    for (const outer of evaluatedOutside(node)) {
      const obstacle = visit(outer, { ...place, ownPrivate: inner.ownPrivate });
      if (obstacle !== undefined) return obstacle;
    }
    for (const child of childrenOf(node)) {
      const obstacle = visit(child, inner);
      if (obstacle !== undefined) return obstacle;
    }
    return undefined;
  };
  return visit(text, { ownThis: false, ownSuper: false, ownPrivate: new Set(), isCalledBare: false });
}

// Any other one comes from a bundler: what becomes of it shows when the program runs.
const OF_NODE = new Set(['url', 'filename', 'dirname', 'main', 'resolve', '']);

function isImportMeta({ type, meta }: Node): boolean {
  return type === 'MetaProperty' && (meta as Node)['name'] === 'import';
}

/** The name of a member; empty where it is computed. */
function nameIn({ computed, property }: Node): string {
  return computed ? '' : nameOf(property as Node);
}

/** Of a class's body, what has the `this` of its surroundings: the names that are computed, and decorators. */
function evaluatedOutside({ type, body }: Node): Node[] {
  if (type !== 'ClassBody') return [];
  return (body as Node[]).flatMap(({ computed, key, decorators }) =>
    ((decorators ?? []) as Node[]).concat(computed ? [key as Node] : []),
  );
}

/** In `<this.Part />`, `this` is written as a name. */
function isThis({ type, object }: Node): boolean {
  return type === 'ThisExpression' || ((object as Node).type === 'JSXIdentifier' && nameOf(object as Node) === 'this');
}

function privateNames({ body }: Node): string[] {
  const keys = (body as Node[]).map(({ key }) => key as Node | undefined);
  return keys.flatMap((key) => (key?.type === 'PrivateIdentifier' ? [nameOf(key)] : []));
}

function placeIn(node: Node, place: Place, isCalled: boolean): Place {
  if (node.type === 'ClassBody') {
    const ownPrivate = new Set([...place.ownPrivate, ...privateNames(node)]);
    return { ownThis: true, ownSuper: true, ownPrivate, isCalledBare: false };
  }
  if (node.type === 'Property' && (node['method'] || node['kind'] !== 'init')) return { ...place, ownSuper: true };
  if (!isFunction(node) || node.type === 'ArrowFunctionExpression') return place;
  return { ...place, ownThis: true, isCalledBare: isCalled };
}
