import type { MessagePort } from 'node:worker_threads';
// biome-ignore-all format: one call a line, under the directive or behind the type that belongs to it
/** What `heddle/thread` and the options for giving up a call are typed as. */
import { deferToThread } from 'heddle';
import { isCancelled, isInThread, signal, throwIfCancelled } from 'heddle/thread';
import { type OnCancel, ThreadPool, transfer } from 'heddle/threads';
import { typeOf } from './type-of.ts';

typeOf(isInThread()).is<boolean>();
typeOf(isCancelled()).is<boolean>();
typeOf(throwIfCancelled()).is<void>();
typeOf(signal()).is<AbortSignal>();

const ways: readonly OnCancel[] = ['terminate', 'cooperate', 'abandon'];
for (const onCancel of ways) deferToThread.with({ onCancel, grace: 5 });
new ThreadPool().with({ onCancel: 'cooperate', grace: Number.POSITIVE_INFINITY });
// @ts-expect-error Type '"ignore"' is not assignable to type
deferToThread.with({ onCancel: 'ignore' });
// @ts-expect-error Type 'string' is not assignable to type 'number'.
deferToThread.with({ grace: '5' });

// What is marked to be moved is typed as what it is.
declare function fill(bytes: Uint8Array, by: { port: MessagePort }): ArrayBuffer;
declare const bytes: Uint8Array;
declare const port: MessagePort;
typeOf(transfer(bytes)).is<Uint8Array>();
typeOf(await deferToThread(fill, transfer(bytes), { port: transfer(port) })).is<ArrayBuffer>();
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'object'.
transfer(5);
