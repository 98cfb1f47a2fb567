const numbers = new WeakMap<object, number>();
let lastNumber = 0;

/** A number by which an object stands in the key of a map. */
export function numberOf(object: object): number {
  let number = numbers.get(object);
  if (number === undefined) {
    number = ++lastNumber;
    numbers.set(object, number);
  }
  return number;
}
