import { AsyncResource } from 'node:async_hooks';

const outside = new AsyncResource('Heddle', { requireManualDestroy: true });

/**
 * Makes what outlives the call that it is made for, such as a thread or a timer that all share: it must not keep that
 * call's async context, with the request that an AsyncLocalStorage has there.
 */
export function outsideOfCalls<Made>(make: () => Made): Made {
  return outside.runInAsyncScope(make);
}
