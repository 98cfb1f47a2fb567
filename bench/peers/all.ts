import { heddle } from './heddle.ts';
import { messagePort } from './message-port.ts';
import type { Peer } from './peer.ts';
import { piscina } from './piscina.ts';
import { tinypool } from './tinypool.ts';
import { workerpool } from './workerpool.ts';

/** Heddle first: the others are compared with it. */
export const peers: readonly Peer[] = [heddle, piscina, tinypool, workerpool, messagePort];
