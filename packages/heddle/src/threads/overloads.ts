import type { ThreadArguments } from './thread-arguments.ts';

export type AnyFunction = (...args: never) => unknown;

/**
 * The last eight call signatures of `F`, first to last, each as `[arguments, result]`: as many as `execFileSync` has.
 *
 * A function with fewer repeats its first one, so a function with a single signature gives eight equal pairs.
 * Type parameters of a signature are lost on the way; where that makes the signatures unusable, the answer is `never`.
 */
type Signatures<F> = F extends {
  (...args: infer A0): infer R0;
  (...args: infer A1): infer R1;
  (...args: infer A2): infer R2;
  (...args: infer A3): infer R3;
  (...args: infer A4): infer R4;
  (...args: infer A5): infer R5;
  (...args: infer A6): infer R6;
  (...args: infer A7): infer R7;
}
  ? [
      [ThreadArguments<A0>, R0],
      [ThreadArguments<A1>, R1],
      [ThreadArguments<A2>, R2],
      [ThreadArguments<A3>, R3],
      [ThreadArguments<A4>, R4],
      [ThreadArguments<A5>, R5],
      [ThreadArguments<A6>, R6],
      [ThreadArguments<A7>, R7],
    ]
  : Repeated<[OutOfReach<never[]>, unknown]>;

type Repeated<S> = [S, S, S, S, S, S, S, S];

type Identical<X, Y> = (<T>() => T extends X ? 1 : 2) extends <T>() => T extends Y ? 1 : 2 ? true : false;

/**
 * Asks for more arguments than anyone passes, so that the compiler never picks the signature that has it. The real
 * ones come first, because the compiler types the parameters of inline functions by them before it passes on.
 */
export type OutOfReach<A extends readonly unknown[]> = [
  ...[A[0], A[1], A[2], A[3], A[4], A[5], A[6], A[7], A[8], A[9], A[10], A[11]],
  ...[never, never, never, never, never, never, never, never, never, never, never, never],
];

type IsUnion<F, G = F> = F extends unknown ? ([G] extends [F] ? false : true) : never;

/** The signatures of an overloaded function; of several that it may be, their common one; else one that is out of reach. */
type Overloads<F> =
  true extends IsUnion<F>
    ? [F] extends [(...args: infer A) => infer R]
      ? Repeated<[ThreadArguments<A>, R]>
      : never
    : OverloadsOfOne<F>;

type OverloadsOfOne<F> = F extends { (...args: infer A): infer R; (...args: infer B): infer S }
  ? Identical<[A, R], [B, S]> extends true
    ? Repeated<[OutOfReach<ThreadArguments<B>>, unknown]>
    : Signatures<F>
  : Repeated<[OutOfReach<never[]>, unknown]>;

/** The position of one of the eight signatures. */
export type SignatureIndex = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/**
 * The arguments of one of an overloaded function's signatures, as a thread takes them.
 *
 * For a function with a single signature they end out of reach, so that the compiler passes on to a plainer call
 * signature and reports mistakes from there.
 */
export type OverloadArguments<F, I extends SignatureIndex> = Overloads<F>[I][0];

/** The result of one of an overloaded function's signatures. */
export type OverloadResult<F, I extends SignatureIndex> = Overloads<F>[I][1];

/** The arguments of any of a function's signatures, as a thread takes them: for where only one type can be asked for. */
export type AnyArguments<F> =
  true extends IsUnion<F>
    ? Overloads<F>[0][0]
    : F extends { (...args: infer A): infer R; (...args: infer B): infer S }
      ? Identical<[A, R], [B, S]> extends true
        ? ThreadArguments<B>
        : Signatures<F>[number][0]
      : never;
