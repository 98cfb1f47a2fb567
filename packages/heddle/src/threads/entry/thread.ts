import { workerData } from 'node:worker_threads';
import type { ReadyMessage, ThreadData } from '../wire/messages.ts';
import { JobRunner } from './job-runner.ts';

// What a thread runs first. CommonJS, and with as little to load as can be: it is part of every cold call.
const { port } = workerData as ThreadData;
const runner = new JobRunner(port);
port.on('message', (message) => runner.receive(message));
port.on('messageerror', (error) => runner.cannotRead(error));
port.postMessage({ ready: true } satisfies ReadyMessage);
