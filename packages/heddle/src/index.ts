export * from './defer/index.ts';
export * from './reactor/index.ts';
export * from './task/index.ts';
export * from './threads/index.ts';
export * from './watchdog/index.ts';
