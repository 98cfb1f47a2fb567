// What looks like a property computes each time.
class Basket {
  readonly #prices: readonly number[];

  constructor(prices: readonly number[]) {
    this.#prices = prices;
  }

  get total(): number {
    let total = 0;
    for (const price of this.#prices) {
      // blocks
      total += Math.round(price * 1.19 * 100) / 100; // blocks
    }
    return total;
  }
}

const basket = new Basket(Array.from({ length: 100_000 }, (_, index) => index));

setTimeout(() => {
  const end = Date.now() + 500;
  let sum = 0;
  while (Date.now() < end) sum += basket.total;
  console.log(sum > 0);
}, 100);
