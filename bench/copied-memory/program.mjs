// Sends 1 MB there and back again and again, and tells how often, with how many page faults, and what the process holds then.
import 'node:http'; // as in a server: what is loaded makes V8's collections longer
import { ThreadPool } from 'heddle/threads';
import { echo, seemSlow } from './jobs.mjs';

const [, , way, inFlight, milliseconds] = process.argv;
const slowly = way === 'given back';
const pool = new ThreadPool({ max: 2, ...(slowly ? { initThread: seemSlow } : {}) });
if (slowly) seemSlow();
const bytes = new Uint8Array(2 ** 20).fill(7);

/** @param {number} length in milliseconds */
async function load(length) {
  let calls = 0;
  const faults = process.resourceUsage().minorPageFault;
  const begin = process.hrtime.bigint();
  const end = begin + BigInt(length * 1e6);
  const caller = async () => {
    do {
      await pool.defer(echo, bytes);
      calls++;
    } while (process.hrtime.bigint() < end);
  };
  await Promise.all(Array.from({ length: Number(inFlight) }, caller));
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  return { rate: calls / seconds, faults: (process.resourceUsage().minorPageFault - faults) / calls };
}

await load(Number(milliseconds) / 2);
const measured = await load(Number(milliseconds));
console.log(JSON.stringify({ ...measured, memory: process.memoryUsage.rss() / 2 ** 20 }));
await pool.stop();
