import type { AsyncLocalStorage } from 'node:async_hooks';
import { Deferred } from '../../defer/deferred.ts';
import { addressOfObject } from '../callable/modules/exported-object.ts';
import type { Callable } from '../callable/resolve.ts';
import { within } from '../callable/within.ts';
import type { Address } from '../wire/address.ts';
import { StorageNotExportedError } from '../wire/errors/storage-not-exported-error.ts';
import { UnclonableError } from '../wire/errors/unclonable-error.ts';
import { refusal } from '../wire/values/obstacle.ts';
import { obstacleIn } from '../wire/values/pack.ts';
import { whyNotSent } from '../wire/values/why-not-sent.ts';
import { isPromise } from '../wire/is-promise.ts';

const THE_STORE = 'The store of a propagated AsyncLocalStorage';

/** A storage, and where threads have theirs. */
interface Propagated {
  readonly storage: AsyncLocalStorage<unknown>;
  address: Address | Promise<Address>;
}

/** The AsyncLocalStorages whose stores go to the threads with the calls. */
export class PropagatedStores {
  readonly #propagated: Propagated[] = [];

  get isEmpty(): boolean {
    return this.#propagated.length === 0;
  }

  /** @returns fires when calls need not wait any more for it to be found */
  add(storage: AsyncLocalStorage<unknown>): Deferred<void> {
    let known = this.#propagated.find((each) => each.storage === storage);
    if (known === undefined) {
      known = { storage, address: find(storage) };
      this.#propagated.push(known);
      this.#settle(known);
    }
    return Deferred.fromPromise(Promise.resolve(known.address).then(() => {}));
  }

  /**
   * The same call, within the stores that are current now.
   *
   * @throws UnclonableError, or StorageNotExportedError; or a promise rejected with that
   */
  around(callable: Callable | Promise<Callable>): Callable | Promise<Callable> {
    const current = this.#propagated.filter(({ storage }) => storage.getStore() !== undefined);
    if (current.length === 0) return callable;
    const stores = current.map(({ storage }) => storage.getStore());
    const addresses = current.map(({ address }) => address);
    for (const store of stores) refuseUnsendable(store);
    if (isPromise(callable) || addresses.some((address) => isPromise(address))) {
      return Promise.all([callable, Promise.all(addresses)]).then(([found, located]) => within(found, located, stores));
    }
    return within(callable, addresses as Address[], stores);
  }

  #settle(propagated: Propagated): void {
    if (!isPromise(propagated.address)) return;
    propagated.address.then(
      (address) => {
        propagated.address = address;
      },
      // Who calls meanwhile, or waits for it, learns of it.
      () => this.#propagated.splice(this.#propagated.indexOf(propagated), 1),
    );
  }
}

/** @throws UnclonableError, CodecError */
function refuseUnsendable(store: unknown): void {
  let obstacle: ReturnType<typeof obstacleIn>;
  try {
    obstacle = obstacleIn(store);
  } catch (error) {
    // A getter of the store's own.
    throw new UnclonableError(`${THE_STORE} cannot be sent to another thread: ${whyNotSent(error)}`, { cause: error });
  }
  if (obstacle !== undefined) throw refusal(obstacle, THE_STORE);
}

async function find(storage: object): Promise<Address> {
  const address = await addressOfObject(storage);
  if (address === undefined) throw new StorageNotExportedError();
  return address;
}
