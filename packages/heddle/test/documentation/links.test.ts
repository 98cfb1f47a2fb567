import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';
import { pages } from './pages.ts';

test('the links between pages lead to files that exist', () => {
  const broken = pages().flatMap((page) => {
    const text = readFileSync(path.join(repositoryRoot, page), 'utf8');
    return [...text.matchAll(/\]\((?![a-z]+:|#)(?<target>[^)#\s]+)/g)]
      .map(({ groups }) => path.join(path.dirname(page), String(groups?.['target'])))
      .filter((target) => !existsSync(path.join(repositoryRoot, target)))
      .map((target) => `${page} → ${target}`);
  });
  assert.deepEqual(broken, []);
});
