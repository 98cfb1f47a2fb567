// What `--require` in NODE_OPTIONS loads in every Node process of the program: as little as possible, since threads
// and package managers load it too.
import { appendFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { isMainThread } from 'node:worker_threads';
import type { RecorderSettings } from './records.ts';

/** They start the program and are none of it. */
const STARTERS =
  /[/\\]node_modules[/\\](?:npm|yarn|pnpm|corepack|tsx)[/\\]|[/\\](?:yarn(?:-[\d.]+)?|pnpm|corepack)\.c?js$/;

const settings = process.env['HEDDLE_DOCTOR'];
if (isMainThread && settings !== undefined && !isStarter(process.argv[1])) start(JSON.parse(settings));

function isStarter(script: string | undefined): boolean {
  // Loaders of tsx are preloads as well; there the program is its own main script.
  if (script === undefined) return false;
  try {
    return STARTERS.test(realpathSync(script));
  } catch {
    return false;
  }
}

function start(settings: RecorderSettings): void {
  try {
    const recording = path.join(__dirname, 'record.cjs');
    const { record } = require(recording) as typeof import('./record.ts');
    record(settings);
  } catch (error) {
    // The program runs on without: a missing permission is not its fault.
    const message = error instanceof Error ? error.message : String(error);
    try {
      appendFileSync(
        path.join(settings.folder, `${process.pid}.ndjson`),
        `${JSON.stringify({ type: 'failure', message })}\n`,
      );
    } catch {
      // Nobody is there to be told.
    }
  }
}
