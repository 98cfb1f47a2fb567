type StackOf = (error: Error) => string | undefined;

let partToSend: StackOf = (error) => error.stack;

/** The stack that an error has on the other side. */
export function stackToSend(error: Error): string | undefined {
  return partToSend(error);
}

/** Has only a part of each error's stack go along with it, as in a thread or process of a pool. */
export function cutStacks(part: StackOf): void {
  partToSend = part;
}
