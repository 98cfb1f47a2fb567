import path from 'node:path';

// From build/test/support, where this file runs.
export const packageRoot: string = path.resolve(import.meta.dirname, '../../..');
export const repositoryRoot: string = path.resolve(packageRoot, '../..');
/** What `heddle-doctor` runs. */
export const doctor: string = path.join(packageRoot, 'dist/cli.mjs');
