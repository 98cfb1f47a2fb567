import { ThreadWorker } from 'poolifier';
import { echo, noop, sleep, work } from './functions.mjs';

const functions = /** @type {Record<string, (argument?: unknown) => unknown>} */ ({ noop, echo, sleep, work });

export default new ThreadWorker(functions);
