/**
 * So many functions are known on both sides by their numbers alone. Of what comes before them the reactor's side tells a
 * thread again. A thread keeps as many more, so that it still has those of jobs that were on their way.
 */
export const MOST_KNOWN_FUNCTIONS = 1000;
