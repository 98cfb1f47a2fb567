import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Compiler } from 'webpack';
import heddle from '@heddle/unplugin/webpack';

test("webpack's plug-in says in a build of Rspack that it is to be left out", () => {
  const compiler = { webpack: { rspackVersion: '2.0.0' } } as unknown as Compiler;
  assert.throws(
    () => heddle().apply(compiler),
    /Rspack .*Leave it out: without it, functions are captured at run time/,
  );
});
