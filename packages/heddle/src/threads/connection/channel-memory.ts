import { Channel } from '../wire/channel/channel.ts';

/** More threads than these seldom end together to be replaced; and each counts as 2 MB, although most of it is not used. */
const MOST_SPARE = 4;

const spare: SharedArrayBuffer[] = [];
let nobodys: Channel | undefined;

/**
 * A channel for a new thread: in the memory of one that is gone, where there is some.
 *
 * The C library asks the system for a piece of that size, and gives it back, at first. When one has been given back, it
 * takes the next ones from its heap instead, which it fills with zeros and can seldom make smaller: a pool that had ended
 * three hundred threads held 165 MB there.
 */
export function openChannel(): Channel {
  const memory = spare.pop();
  const channel = new Channel(memory);
  if (memory !== undefined) channel.clear();
  return channel;
}

/**
 * Keeps a channel's memory for the next thread. Its own must be gone, and nobody may use the channel any more.
 *
 * @returns a channel that leads nowhere, for whoever would
 */
export function closeChannel(channel: Channel): Channel {
  nobodys ??= Channel.toNobody();
  if (channel !== nobodys && spare.length < MOST_SPARE) spare.push(channel.memory);
  return nobodys;
}
