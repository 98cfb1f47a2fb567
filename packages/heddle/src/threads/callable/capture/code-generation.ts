import { compileOwn } from '../scripts/script-count.ts';

let allowed: boolean | undefined;

/** Whether Node may make code from texts; `--disallow-code-generation-from-strings` forbids it. */
export function allowsCodeGeneration(): boolean {
  allowed ??= compiles();
  return allowed;
}

function compiles(): boolean {
  try {
    compileOwn(() => Reflect.construct(Function, ['']));
    return true;
  } catch {
    return false;
  }
}
