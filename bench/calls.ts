/**
 * What a call costs: a function that does nothing, in one thread, by Heddle and
 * by its peers.
 *
 * Everything runs in one process and in rounds: in each round every peer runs
 * once, in rotated order, so that a busy minute of the machine meets all of
 * them. Compare the ratios; absolute figures differ from machine to machine.
 *
 * `npm run bench -- --rounds 3 --slice 100` for a quick look.
 */
import { compare } from './comparison.ts';
import { IN_FLIGHT, load, measureRound, type RoundResult } from './measure.ts';
import { readOptions } from './options.ts';
import { peers } from './peers/all.ts';
import { heddle } from './peers/heddle.ts';
import type { Peer, RunningPeer } from './peers/peer.ts';
import { table } from './report/table.ts';
import { writeResults } from './report/write.ts';

const options = readOptions();
const running = new Map<Peer, RunningPeer>();
for (const peer of peers) {
  const started = await peer.start();
  running.set(peer, started);
  // Compiles what is hot and starts the thread, at every load that will be measured.
  for (const inFlight of IN_FLIGHT) await load(started, inFlight, options.slice / 2);
}

const rounds: Map<Peer, RoundResult>[] = [];
for (let number = 0; number < options.rounds; number++) {
  const order = peers.map((_, index) => peers[(index + number) % peers.length] as Peer);
  const round = new Map<Peer, RoundResult>();
  for (const peer of order) round.set(peer, await measureRound(running.get(peer) as RunningPeer, options.slice));
  rounds.push(round);
  const trips = peers.map((peer) => `${peer.name} ${round.get(peer)?.roundTrip.toFixed(1)}`);
  console.log(`round ${number + 1} of ${options.rounds}, round trips in µs: ${trips.join(', ')}`);
}
for (const peer of running.values()) await peer.stop();

const results = compare(peers, rounds, heddle);
console.log(`\n${table(results)}\n`);
console.log('In brackets: how many times better Heddle is (median of the ratios inside each round).');
writeResults(options, results);
console.log('Written to bench/results/calls.json and calls.md.');
