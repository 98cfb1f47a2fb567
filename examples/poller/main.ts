// Polls a service every quarter of a second until Ctrl-C, then stops cleanly: no further poll begins, the one under way
// is waited for, connections are closed, and the process ends with 0.
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LoopingCall, react } from 'heddle/task';

/** The service, in this process for the example's sake. It takes its time to answer. */
async function startService(): Promise<{ url: string; close: () => Promise<unknown> }> {
  let load = 0;
  const server = createServer((_, response) => {
    setTimeout(() => response.end(String(++load)), 100);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): Promise<unknown> => {
    const closed = once(server, 'close');
    server.close();
    return closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

async function ask(url: string): Promise<string> {
  const [response] = await once(get(url, { agent: false }), 'response');
  return Buffer.concat(await response.toArray()).toString();
}

await react(async (reactor) => {
  const service = await startService();
  let begun = 0;
  let answered = 0;
  const poll = async (): Promise<void> => {
    begun++;
    console.log(`asked ${begun}`);
    console.log(`load ${await ask(service.url)}`);
    answered++;
  };
  const loop = new LoopingCall(poll);
  const polling = loop.start(250);

  reactor.addSystemEventTrigger('before', 'shutdown', async () => {
    if (loop.running) loop.stop();
    // It is over when the poll under way has its answer; what is waited for here, the reactor waits for.
    await polling.catch(() => undefined);
    await service.close();
    console.log(`stopped: ${begun} asked, ${answered} answered`);
  });

  // A failed poll ends the program with 1, and prints why. After Ctrl-C the reactor stops first.
  await polling;
});
