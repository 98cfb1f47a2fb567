import { AsyncResource } from 'node:async_hooks';

/** Keeps no process, for whoever looks for what does (Jest's `--detectOpenHandles`). */
class OutsideOfCalls extends AsyncResource {
  hasRef(): boolean {
    return false;
  }
}

const outside = new OutsideOfCalls('Heddle', { requireManualDestroy: true });

/**
 * Makes what outlives the call that it is made for, such as a thread or a timer that all share: it must not keep that
 * call's async context, with the request that an AsyncLocalStorage has there.
 */
export function outsideOfCalls<Made>(make: () => Made): Made {
  return outside.runInAsyncScope(make);
}
