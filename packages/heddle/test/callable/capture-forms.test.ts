import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deferToThread } from 'heddle';
import { forms } from '../fixtures/callable/capture-forms.ts';

/** Each form gives in a thread what it gives here; the second closure is captured by what is known of the first. */

for (const name of Object.keys(forms())) {
  test(`${name}: the thread gives the answer that an inline call gives`, async () => {
    for (const attempt of ['first', 'second']) {
      const { f, args = [] } = forms()[name]!;
      const call = f as (...args: unknown[]) => unknown;
      assert.deepEqual(await deferToThread(call, ...args), await call(...args), attempt);
    }
  });
}
