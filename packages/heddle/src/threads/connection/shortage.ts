const LACKING: ReadonlySet<unknown> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM', 'ERR_WORKER_INIT_FAILED']);

/** Whether an error says that the system has no thread, process, file or memory to give now, and may have later. */
export function isShortage(error: unknown): error is NodeJS.ErrnoException {
  return LACKING.has((error as NodeJS.ErrnoException | null | undefined)?.code);
}
