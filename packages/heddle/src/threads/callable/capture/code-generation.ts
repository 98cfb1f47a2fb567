let allowed: boolean | undefined;

/** Whether Node may make code from texts; `--disallow-code-generation-from-strings` forbids it. */
export function allowsCodeGeneration(): boolean {
  allowed ??= compiles();
  return allowed;
}

function compiles(): boolean {
  try {
    Reflect.construct(Function, ['']);
    return true;
  } catch {
    return false;
  }
}
