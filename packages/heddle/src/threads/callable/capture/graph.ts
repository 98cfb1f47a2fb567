import type { Accessor, CapturedReference, LoadableReference, Patch, Target } from '../../wire/captured.ts';
import type { Address } from '../../wire/address.ts';
import { CallableError } from '../../wire/errors/callable-error.ts';
import { obstacleIn } from '../../wire/values/pack.ts';
import { passedBy, receivedBy } from '../../wire/values/passed.ts';
import { kindOf } from '../../wire/values/plain.ts';
import type { FunctionReference } from '../../wire/reference.ts';
import { functionName } from '../../wire/function-name.ts';
import type { Scope } from '../scripts/scope.ts';
import { isMadeAt } from './expression-names.ts';
import { isOwnGlobal } from './global-names.ts';
import type { Closure } from './known-literals.ts';
import { CapturedCall } from './captured-call.ts';
import { changeableKey, changedKey } from './computed-keys.ts';
import { importedBy, importOf, requireOf } from './loadables.ts';
import { languageObject } from './language-objects.ts';
import type { Literal } from './literal.ts';
import { givenLength } from './given-length.ts';
import { givenPart } from './given-parts.ts';
import { addressOfNamespace, callableNamespace, namespaceOfCommonJs } from './module-namespaces.ts';
import { loadedObject, moduleObject } from './module-objects.ts';
import { MadeData } from './made-data.ts';
import { OwnExports } from './own-exports.ts';
import * as refuse from './refusals.ts';
import { prototypeMethod } from './prototype-methods.ts';
import { asRequired, isRequired, loadedInstead, loadInstead, placeOf, requiredPart } from './required-parts.ts';
import type { SetUp } from './set-ups.ts';
import { missingSetUp, warnOfSetUp } from './set-up-warning.ts';
import { type CapturedFunction, referenceFor } from './shape.ts';
import { sharedSymbol } from './shared-symbols.ts';
import { checkLiteral } from './static-check.ts';
import type { TopsOfModules } from './tops-of-modules.ts';
import { CapturedValues, UnreadableValue } from './values.ts';
import { fixedVariables, readVariables, type Variable } from './variables.ts';
import { warnOfSnapshot, warnOfStaticValues } from './snapshot-warning.ts';
import { isPromise } from '../../wire/is-promise.ts';

/** Where a function was found: at an address, or only as a text with what surrounds it now. */
export type Located = FunctionReference | Closure;

/** @throws CallableError (or a promise rejected with one) for what no thread can run. */
export type Locate = (f: Function) => Located | Promise<Located>;

/** A variable that holds a value, which is taken when all that is used of it is known. */
interface Slot {
  readonly value: unknown;
  readonly steps: readonly refuse.Step[];
  readonly name: string;
  readonly atTop: boolean;
  readonly set: (target: Target) => void;
  /** Whose value has the function that uses the variable. */
  readonly outer: Slot | undefined;
}

/** A captured function with all that it reaches. */
export class Graph {
  readonly #deferred: Literal;
  readonly #locate: Locate;
  readonly #functions: CapturedFunction[] = [];
  readonly #indexes = new Map<Function, number>();
  readonly #slots: Slot[] = [];
  readonly #ownExports = new OwnExports();
  readonly #madeData = new MadeData();
  readonly #loadedObject = (value: object): Address | undefined =>
    this.#ownExports.has(value) || this.#madeData.has(value) ? undefined : loadedObject(value);
  readonly #captured = new CapturedValues(this.#loadedObject, (owner, key) =>
    this.#ownExports.has(owner) ? this.#ownExports.given(owner, key) : givenPart(owner, key),
  );
  readonly #values: unknown[] = [];
  readonly #patches: Patch[] = [];
  readonly #open: Promise<void>[] = [];
  readonly #tops: TopsOfModules;
  /** What is warned of if the function is not refused. */
  readonly #snapshots: (readonly [steps: readonly refuse.Step[], variable: Variable])[] = [];
  readonly #classes: (readonly [steps: readonly refuse.Step[], calledAs: string])[] = [];
  readonly #setUps: (readonly [steps: readonly refuse.Step[], name: string, setUp: SetUp])[] = [];

  /** Whose values hold functions of the very module that uses them, and that has put them there: no other has these. */
  readonly #filled = new Set<Slot>();

  /** Whose value is looked through. */
  #inner: Slot | undefined;
  /** The same where something was refused. */
  #failedIn: Slot | undefined;

  constructor(deferred: Literal, locate: Locate, tops: TopsOfModules) {
    this.#deferred = deferred;
    this.#locate = locate;
    this.#tops = tops;
  }

  /** After a refusal: the value that it was for, where a module gives that to a variable, and a thread is to load it. */
  loadsInstead(refused: readonly object[]): object | undefined {
    for (let slot = this.#failedIn ?? this.#inner; slot !== undefined; slot = slot.outer) {
      const { value, name, steps, atTop } = slot;
      const { literal } = steps.at(-1) as refuse.Step;
      if (!atTop || !isObject(value) || refused.includes(value) || this.#filled.has(slot)) continue;
      if (loadInstead(this.#deferred, literal, name, value)) return value;
    }
    return undefined;
  }

  finish(): CapturedCall | Promise<CapturedCall> {
    return this.#open.length === 0 ? this.#takeValues() : this.#whenLocated();
  }

  async #whenLocated(): Promise<CapturedCall> {
    // What has been located may have more to locate.
    while (this.#open.length > 0) await Promise.all(this.#open.splice(0));
    return this.#takeValues();
  }

  /** A function found within a value may use more of the others: then all are taken once more. */
  #takeValues(): CapturedCall | Promise<CapturedCall> {
    const { length } = this.#functions;
    this.#captured.begin();
    this.#patches.length = 0;
    for (const [index, slot] of this.#slots.entries()) {
      const { value, steps, name, set } = slot;
      this.#inner = slot;
      set({ kind: 'value', slot: index });
      this.#values[index] = reading(steps, name, () =>
        this.#captured.take(value, {
          include: (path, part, whole) => this.#include(index, path, part, whole, slot),
          give: (path, given) => {
            if (typeof given === 'function')
              this.#giveFunction({ slot: index, path, accessor: 'get' }, given, name, steps);
            else this.#patches.push({ slot: index, path, target: this.#noted(loaded(given), name, path, steps) });
          },
          giveFunction: (path, f, accessor, symbol) =>
            this.#giveFunction({ slot: index, path, accessor, symbol }, f, name, steps),
          refuse: (path, obstacle) => {
            if ('thrown' in obstacle) throw refuse.encodeFailed(steps, name, path, obstacle);
            throw refuse.unsendable(steps, name, path, obstacle.value);
          },
        }),
      );
    }
    this.#inner = undefined;
    return this.#functions.length === length && this.#open.length === 0 ? this.#call() : this.finish();
  }

  #call(): CapturedCall {
    const reference: CapturedReference = referenceFor(this.#functions, this.#patches);
    for (const [steps, variable] of this.#snapshots) warnOfSnapshot(steps, variable);
    for (const [steps, calledAs] of this.#classes) warnOfStaticValues(steps, calledAs);
    for (const [steps, name, setUp] of this.#setUps) {
      if (!this.#loads((steps.at(-1) as refuse.Step).literal)) warnOfSetUp(steps, name, setUp);
    }
    return new CapturedCall(reference, this.#values);
  }

  add(step: refuse.Step, scopes: readonly Scope[] | undefined, way: readonly refuse.Step[], calledAs = ''): number {
    const { f, literal } = step;
    const steps = [...way, step];
    checkLiteral(steps);
    if (literal.members !== undefined) this.#classes.push([steps, calledAs]);
    const index = this.#functions.length;
    const bindings: { name: string; target: Target }[] = [];
    this.#indexes.set(f, index);
    this.#functions.push({ literal, name: functionName(f), length: givenLength(f, literal.length), bindings });
    const known = scopes && this.#tops.asFirstRead(f, literal, scopes, calledAs);
    const variables = fixedVariables(f) ?? readVariables(f, literal, known ?? []);
    this.#checkNames(variables, steps);
    this.#checkKeys(f, variables, steps);
    this.#checkReplaced(f, variables, steps);
    for (const variable of variables) {
      const binding = { name: variable.usage.name, target: PENDING };
      bindings.push(binding);
      this.#bind(variable, steps, (target) => {
        binding.target = this.#noted(target, variable.usage.name, [], steps);
      });
    }
    const importer = importedBy(literal);
    if (importer !== undefined) bindings.push({ name: importer.name, target: loaded(importer.reference) });
    return index;
  }

  /** Notes what sets up a variable, or the part of its value at a path, that a thread is to load. */
  #noted(target: Target, name: string, path: readonly string[], steps: readonly refuse.Step[]): Target {
    const setUp = target.kind === 'loaded' ? missingSetUp(steps, name, path, target.reference) : undefined;
    if (setUp !== undefined) this.#setUps.push([steps, name, setUp]);
    return target;
  }

  /** Whether the thread comes by the module of a function as well, and so by what that sets up. */
  #loads({ script }: Literal): boolean {
    return [...this.#functions.flatMap(({ bindings }) => bindings), ...this.#patches].some(
      ({ target }) => target.kind === 'loaded' && placeOf(target.reference) === script,
    );
  }

  #checkNames(variables: readonly Variable[], steps: readonly refuse.Step[]): void {
    for (const [name, start] of (steps.at(-1) as refuse.Step).literal.expressionNames) {
      const variable = variables.find(({ usage }) => usage.name === name);
      if (start === undefined || !isMadeAt(variable?.value, start)) throw refuse.expressionName(steps, name);
    }
  }

  /** Which variables hold a function, the text tells only of declarations. */
  #checkReplaced(f: Function, variables: readonly Variable[], steps: readonly refuse.Step[]): void {
    const { replaced } = (steps.at(-1) as refuse.Step).literal;
    if (replaced === undefined || replaced.isDeclared) return;
    const { name, assignedAt } = replaced;
    if (variables.find(({ usage }) => usage.name === name)?.value !== f) throw refuse.assigns(steps, name, assignedAt);
  }

  /** A key is computed when its class is made, and V8 keeps for a class only what its functions use. */
  #checkKeys(f: Function, variables: readonly Variable[], steps: readonly refuse.Step[]): void {
    const { literal } = steps.at(-1) as refuse.Step;
    const { namesInKeys, usages, computedKeys } = literal;
    for (const name of namesInKeys) {
      const isFree = usages.some((usage) => usage.name === name);
      if (!isFree || isOwnGlobal(name) || variables.some(({ usage }) => usage.name === name)) continue;
      throw refuse.forgottenKey(steps, name);
    }
    const changed = changedKey(f, computedKeys, variables);
    if (changed !== undefined) throw refuse.changedKey(steps, changed, 'has');
    const changeable = changeableKey(literal, variables);
    if (changeable !== undefined) throw refuse.changedKey(steps, changeable, 'may have');
  }

  #bind(variable: Variable, steps: readonly refuse.Step[], bind: (target: Target) => void): void {
    const { usage, value, atTop, inDeadZone } = variable;
    const { literal } = steps.at(-1) as refuse.Step;
    const { name } = usage;
    const reference = (atTop ? importOf(literal, name) : undefined) ?? requireOf(literal, name, value);
    if (reference !== undefined) return bind(loaded(reference));
    const instead = atTop && isObject(value) ? loadedInstead(this.#deferred, value) : undefined;
    if (instead !== undefined) return bind(loaded(instead));
    const set = atTop ? asRequired(bind, literal, name, [], value) : bind;
    if (inDeadZone) throw refuse.deadZone(steps, name);
    if (typeof value === 'function' && passedBy(value) === undefined) {
      const callable = callableNamespace(value, usage);
      return callable === undefined ? this.#function(value, name, steps, set) : set(loaded(callable));
    }
    // `exports` is a parameter of the function that Node puts around a file.
    const mayBeModule = (atTop || name === 'exports') && isObject(value);
    const module = mayBeModule ? moduleObject(value) : undefined;
    if (module !== undefined) {
      const isCopied =
        this.#ownExports.take(value as object, module, usage) ||
        this.#madeData.take(value as object, variable, literal);
      return isCopied ? this.#value(variable, steps, set) : set(loaded(module));
    }
    const namespace = isObject(value) ? namespaceOfCommonJs(value) : undefined;
    if (usage.whole && namespace?.whole !== undefined) return set(loaded(namespace.whole));
    const address = isObject(value) && namespace === undefined ? addressOfNamespace(value, usage) : undefined;
    const take = (found: LoadableReference | undefined): void =>
      found === undefined ? this.#value(variable, steps, set) : set(loaded(found));
    if (!isPromise(address)) return take(address);
    return this.#await(address, take);
  }

  #await<Found>(located: Promise<Found>, take: (found: Found) => void): void {
    const inner = this.#inner;
    const taken = located
      .then((found) => {
        this.#inner = inner;
        take(found);
        this.#inner = undefined;
      })
      .catch((error) => {
        this.#failedIn ??= inner;
        this.#inner = undefined;
        throw error;
      });
    // What is refused first ends the capture, and nobody asks for the rest: that is not to be reported as unhandled.
    taken.catch(() => {});
    this.#open.push(taken);
  }

  #value(variable: Variable, steps: readonly refuse.Step[], set: (target: Target) => void): void {
    const { usage, value, atTop } = variable;
    this.#slots.push({ value, steps, name: usage.name, atTop, set, outer: this.#inner });
    reading(steps, usage.name, () => this.#captured.note(value, usage));
    // The module itself writes into its exports: it makes them.
    const isMutated = usage.mutated || usage.mutators.length > 0;
    if (isMutated || !isObject(value) || !this.#ownExports.has(value)) this.#snapshots.push([steps, variable]);
  }

  /** Puts a function into a value. */
  #giveFunction(place: Omit<Patch, 'target'>, f: Function, name: string, steps: readonly refuse.Step[]): void {
    const put = (target: Target): unknown =>
      this.#patches.push({ ...place, target: this.#noted(target, name, place.path, steps) });
    this.#function(f, [name, ...place.path].join('.'), steps, put, place.accessor);
  }

  /** Takes a function, a module or a symbol that is part of a value. */
  #include(
    slot: number,
    path: readonly string[],
    part: unknown,
    whole: boolean,
    { name, steps, atTop, set }: Slot,
  ): boolean {
    const { literal } = steps.at(-1) as refuse.Step;
    const put = (target: Target): void => {
      if (path.length === 0) set(target);
      else this.#patches.push({ slot, path, target: this.#noted(target, name, path, steps) });
    };
    const place = atTop ? asRequired(put, literal, name, path, part) : put;
    if (typeof part === 'function' && passedBy(part) === undefined) {
      this.#function(part, [name, ...path].join('.'), steps, place);
      return true;
    }
    const language = whole && isObject(part) ? languageObject(part) : undefined;
    const reference =
      language ??
      (isObject(part) ? this.#loadedObject(part) : sharedSymbolOf(part)) ??
      (whole && atTop && isRequired(literal, name) && isRefused(part)
        ? requiredPart(literal, name, path, part)
        : undefined);
    if (reference === undefined) return false;
    place(loaded(reference));
    return true;
  }

  #function(
    f: Function,
    name: string,
    steps: readonly refuse.Step[],
    set: (target: Target) => void,
    accessor?: Accessor,
  ): void {
    const index = this.#indexes.get(f);
    if (index !== undefined) return set({ kind: 'function', index });
    const way = receivedBy(f);
    if (way !== undefined) throw refuse.received(steps, name, way);
    const method = prototypeMethod(f);
    if (method !== undefined) return set({ ...loaded(method), isFunction: true });
    const take = (found: Located): void => {
      if (!('literal' in found)) {
        if (found.kind === 'captured' || found.kind === 'factory') {
          throw new Error('A function that was captured has no address of its own.');
        }
        return set({ ...loaded(found), isFunction: true });
      }
      const { literal, scopes } = found;
      const inner = this.#inner;
      if (inner !== undefined && inner.steps.at(-1)?.literal.script === literal.script) this.#filled.add(inner);
      set({ kind: 'function', index: this.#indexes.get(f) ?? this.add({ f, literal, accessor }, scopes, steps, name) });
      return undefined;
    };
    const explain = (error: unknown): never => {
      throw error instanceof CallableError ? refuse.usesRefused(steps, name, error) : error;
    };
    let located: Located | Promise<Located>;
    try {
      located = this.#locate(f);
    } catch (error) {
      return explain(error);
    }
    if (!isPromise(located)) return take(located);
    return this.#await(located.catch(explain), take);
  }
}

/** Reads a value, whose own code may throw. */
function reading<Result>(steps: readonly refuse.Step[], name: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw error instanceof UnreadableValue ? refuse.notReadable(steps, name, error.cause) : error;
  }
}

/** Whether it can neither be copied nor have its parts copied. What a codec has thrown is told. */
function isRefused(value: unknown): boolean {
  if (['object', 'array'].includes(kindOf(value))) return false;
  const obstacle = obstacleIn(value);
  return obstacle !== undefined && !('thrown' in obstacle);
}

// Stands for a target until it is known; none is left when the graph is finished.
const PENDING: Target = { kind: 'value', slot: -1 };

function sharedSymbolOf(part: unknown): LoadableReference | undefined {
  return typeof part === 'symbol' ? sharedSymbol(part) : undefined;
}

function loaded(reference: LoadableReference): Target & { readonly kind: 'loaded' } {
  return { kind: 'loaded', reference };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
