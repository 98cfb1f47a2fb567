// What the calls of the soak run. Plain TypeScript that Node runs itself, in the thread as well.

export function add(a: number, b: number): number {
  return a + b;
}

export async function addLater(a: number, b: number): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  return a + b;
}

export function echo<T>(value: T): T {
  return value;
}

export function throwNumber(n: number): never {
  throw n;
}

export function giveFunction(): unknown {
  return { give: () => {} };
}

export function exit(code: number): never {
  process.exit(code);
}

export function throwUncaught(): Promise<never> {
  setImmediate(() => {
    throw new Error('uncaught in the soak');
  });
  return new Promise(() => {});
}

export function rejectUnheard(): Promise<never> {
  void Promise.reject(new Error('unheard in the soak'));
  return new Promise(() => {});
}

export function spin(): never {
  for (;;);
}

export function never(): Promise<never> {
  return new Promise(() => {});
}

export function work(milliseconds: number): number {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
  return milliseconds;
}

export function* countFrom(first: number): Generator<number, void, unknown> {
  for (let n = first; ; n++) yield n;
}

export function answerOf(ask: (n: number) => number, n: number): number {
  return ask(n);
}

export function tellTwice(tell: (n: number) => void, n: number): number {
  tell(n);
  tell(n);
  return n;
}

export function listOf(n: number): number[] {
  return [n];
}

export function push(numbers: number[], n: number): void {
  numbers.push(n);
}

export function sumOf(numbers: number[]): number {
  return numbers.reduce((sum, n) => sum + n, 0);
}

export function kill(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}
