import { measure as oneInFlight } from './one-in-flight.mjs';
import { measure as manyInFlight } from './many-in-flight.mjs';
import { measure as spacedCalls } from './spaced-calls.mjs';
import { measure as object } from './object.mjs';
import { measure as longString } from './long-string.mjs';
import { measure as copiedBuffer } from './copied-buffer.mjs';
import { measure as movedBuffer } from './moved-buffer.mjs';
import { measure as lateness } from './lateness.mjs';
import { measure as manyThreads } from './many-threads.mjs';
import { measure as heldThreads } from './held-threads.mjs';
import { measure as queuedCall } from './queued-call.mjs';
import { measure as oneProcessor } from './one-processor.mjs';
import { measure as idle } from './idle.mjs';
import { measure as firstCall } from './first-call.mjs';
import { measure as ping } from './ping.mjs';

/** In the order of the tables. */
export const measures = [
  manyInFlight,
  oneInFlight,
  spacedCalls,
  object,
  longString,
  copiedBuffer,
  movedBuffer,
  manyThreads,
  heldThreads,
  oneProcessor,
  queuedCall,
  idle,
  lateness,
  firstCall,
  ping,
];
