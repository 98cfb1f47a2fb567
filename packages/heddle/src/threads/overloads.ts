import type { ThreadArguments } from './thread-arguments.ts';

/**
 * The last six call signatures of `F`, first to last, each as `[arguments, result]`.
 *
 * A function with fewer repeats its first one, so a function with a single signature gives six equal pairs.
 * Type parameters of a signature are lost on the way; where that makes the signatures unusable, the answer is `never`.
 */
type Signatures<F> = F extends {
  (...args: infer A0): infer R0;
  (...args: infer A1): infer R1;
  (...args: infer A2): infer R2;
  (...args: infer A3): infer R3;
  (...args: infer A4): infer R4;
  (...args: infer A5): infer R5;
}
  ? [[A0, R0], [A1, R1], [A2, R2], [A3, R3], [A4, R4], [A5, R5]]
  : never;

type Identical<X, Y> = (<T>() => T extends X ? 1 : 2) extends <T>() => T extends Y ? 1 : 2 ? true : false;

/** More arguments than anyone passes: a call signature that ends with them is never the one the compiler picks. */
type OutOfReach = [
  ...[never, never, never, never, never, never, never, never],
  ...[never, never, never, never, never, never, never, never],
];

/** The position of one of the six signatures. */
export type SignatureIndex = 0 | 1 | 2 | 3 | 4 | 5;

/**
 * The arguments of one of an overloaded function's signatures, as a thread takes them.
 *
 * For a function with a single signature they end out of reach, so that the compiler passes on to a plainer call
 * signature and reports mistakes from there. The real ones still come first, because the compiler has already used
 * them by then to type the parameters of inline functions.
 */
export type OverloadArguments<F, I extends SignatureIndex> =
  Signatures<F> extends infer S extends [unknown[], unknown][]
    ? S[I][0] extends infer A extends unknown[]
      ? Identical<S[4], S[5]> extends true
        ? [...ThreadArguments<A>, ...OutOfReach]
        : ThreadArguments<A>
      : OutOfReach
    : OutOfReach;

/** The result of one of an overloaded function's signatures. */
export type OverloadResult<F, I extends SignatureIndex> =
  Signatures<F> extends infer S extends [unknown[], unknown][] ? S[I][1] : never;
