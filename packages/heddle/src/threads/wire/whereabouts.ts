/**
 * The name on a thread's global object under which it tells where in the code it is. Called in the middle of whatever
 * the thread is doing, by the inspector.
 */
export const WHEREABOUTS: unique symbol = Symbol.for('heddle.whereabouts');

/** What the inspector is to evaluate in a thread: gives the frames of the job as text, empty where there are none. */
export const askWhereabouts: string = `globalThis[Symbol.for('${WHEREABOUTS.description}')]?.() ?? ''`;
