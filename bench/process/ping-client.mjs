/**
 * Asks a server on this machine for `/ping` every 5 ms, whether or not it has answered before, and prints the p99 of
 * the milliseconds from when each question was due: `node ping-client.mjs port questions`.
 */
import { Agent, get } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { quantile } from '../statistics.mjs';

const EVERY = 5;
const [, , port, questions] = process.argv;
const agent = new Agent({ keepAlive: true });

// Opens the connection, and compiles what asks.
for (let n = 0; n < 5; n++) await ask(performance.now());
const started = performance.now();
const asked = [];
for (let n = 0; n < Number(questions); n++) {
  const due = started + n * EVERY;
  await setTimeout(Math.max(0, due - performance.now()));
  asked.push(ask(due));
}
console.log(quantile(await Promise.all(asked), 0.99));
agent.destroy();

/** @param {number} due @returns {Promise<number>} */
function ask(due) {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/ping', agent }, (response) => {
      response.resume().on('end', () => resolve(performance.now() - due));
    }).on('error', reject);
  });
}
