/** The files of a process of a pool, by their numbers there. Standard output and error are the program's own. */
export const PipeNumber = {
  /** Jobs, and what else the pool says. Read by the event loop. */
  fromPool: 3,
  /** Answers, and what else the process says. Written at once, so that nothing is lost with the process. */
  toPool: 4,
  /** The memory that both sides see: {@link Board}. */
  board: 5,
  /** Answers to calls for which the process waits. Read by whoever waits. */
  answers: 6,
} as const;
