type StackOf = (error: Error) => string | undefined;

let partToSend: StackOf = (error) => error.stack;

/** The stack that an error has on the other side. */
export function stackToSend(error: Error): string | undefined {
  return partToSend(error);
}

/** In a thread or process of a pool: has only a part of each error's stack go along with it. */
export function sendOnly(part: StackOf): void {
  partToSend = part;
}
