export { createReactor, reactor } from '../threads/create-reactor.ts';
export { Reactor, type ReactorParts, type ReactorThreadPool } from './reactor.ts';
