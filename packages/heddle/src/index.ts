export * from './defer/index.ts';
