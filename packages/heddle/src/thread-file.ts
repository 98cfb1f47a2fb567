import { startPoolThread } from './threads/entry/thread.ts';

// What each thread of a pool runs first, and each process: one file for both, since a bundle has to bring it along.
// CommonJS, and with as little to load as can be: it is part of every cold call.
startPoolThread();
