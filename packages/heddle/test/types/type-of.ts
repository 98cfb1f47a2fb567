type Identical<X, Y> = (<T>() => T extends X ? 1 : 2) extends <T>() => T extends Y ? 1 : 2 ? true : false;

/**
 * Asserts the exact type of an expression: `typeOf(value).is<Expected>()`.
 *
 * Where the types differ, `is` asks for two arguments that are named by what was expected and what was found.
 */
export declare function typeOf<Actual>(value: Actual): {
  is<Expected>(...difference: Identical<Actual, Expected> extends true ? [] : [expected: Expected, found: Actual]): void;
};
