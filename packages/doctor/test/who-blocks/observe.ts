import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { reportOn } from '../support/examined.ts';
import { HANGS_MS } from '../support/hangs.ts';
import { packageRoot } from '../support/paths.ts';
import type { Form } from './forms.ts';
import { type Outcome, outcomeOf, type Said } from './outcome.ts';
import type { Row } from './rows.ts';

/** A Node to run programs on. */
export interface NodeBinary {
  readonly path: string;
  readonly major: number;
}

/** What the doctor says of a program, and how it calls the kind. */
export async function underDoctor(row: Row, form: Form, node: NodeBinary): Promise<{ outcome: Outcome; kind: string }> {
  const { report } = await reportOn(['--', node.path, ...form.command(row.program, node.major)], {
    cwd: packageRoot,
    node: node.path,
  });
  const [place] = report.places;
  return { outcome: outcomeOf(place?.file === '' ? null : place, row, form), kind: place?.kind ?? '' };
}

interface Block {
  readonly duration: number;
  readonly kind: string;
  readonly said: Said | null;
}

/** What `watchLoop` says of a program, which knows nothing of it. */
export async function underWatch(row: Row, form: Form, node: NodeBinary): Promise<{ outcome: Outcome; kind: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'heddle-watch-'));
  try {
    const file = path.join(folder, 'blocks');
    const watching = pathToFileURL(path.join(import.meta.dirname, 'watching.js')).href;
    const args = ['--no-warnings', '--import', watching, ...form.command(row.program, node.major)];
    await promisify(execFile)(node.path, args, {
      cwd: packageRoot,
      timeout: HANGS_MS,
      env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined, BLOCKS_FILE: file },
    });
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
    const blocks = lines.map((line) => JSON.parse(line) as Block);
    const [longest] = blocks.sort((a, b) => b.duration - a.duration);
    return { outcome: outcomeOf(longest?.said, row, form), kind: longest?.kind ?? '' };
  } finally {
    await rm(folder, { recursive: true });
  }
}
