// Reads 50 MB of JSON at once.
const line = JSON.stringify({ id: 1, name: 'a name', tags: ['one', 'two', 'three'], nested: { at: 12345.678 } });
const text = `[${`${line},`.repeat(Math.ceil(50_000_000 / (line.length + 1)))}${line}]`;

function readOrders(body: string): number {
  const started = true;
  const orders: unknown = JSON.parse(body); // blocks
  return Array.isArray(orders) && started ? orders.length : 0;
}

setTimeout(() => {
  console.log(readOrders(text) > 0);
}, 100);
