import type { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from './request.ts';

export const PINGS_PER_SECOND = 100;

/** Enough for the pings that are under way at a time while the server stands still for two seconds. */
const CONNECTIONS = 200;

/**
 * Opens the connections before anything is measured. A loop that is held up
 * accepts one connection a turn, so pings that come with connections of their
 * own would pile up without end and measure the length of the phase.
 */
export async function openConnections(agent: Agent, origin: string): Promise<void> {
  await Promise.all(Array.from({ length: CONNECTIONS }, () => request(agent, `${origin}/ping`)));
}

/**
 * Pings at a steady rate, whether or not the earlier ones were answered, and
 * measures each from the moment it was due. A poller that waited for its answer
 * would ask once while the server stands still, and so record a stall of two
 * seconds as one slow ping among hundreds of fast ones.
 */
export async function poll(
  agent: Agent,
  origin: string,
  until: number,
  onLatency: (milliseconds: number) => void,
): Promise<void> {
  const interval = 1000 / PINGS_PER_SECOND;
  const pending: Promise<void>[] = [];
  let due = performance.now();
  while (due < until) {
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    for (const now = performance.now(); due <= now && due < until; due += interval) {
      pending.push(ping(agent, origin, due, onLatency));
    }
  }
  await Promise.all(pending);
}

async function ping(
  agent: Agent,
  origin: string,
  due: number,
  onLatency: (milliseconds: number) => void,
): Promise<void> {
  await request(agent, `${origin}/ping`);
  onLatency(performance.now() - due);
}
