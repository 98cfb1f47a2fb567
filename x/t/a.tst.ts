import { expect, test } from 'tstyche';
test('a', () => {
  expect<string>().type.toBe<string>();
  // @ts-expect-error is not assignable to type 'number'
  const x: number = 'a';
});
