import { fileURLToPath } from 'node:url';

/**
 * The path of a script that goes by a path or by a URL; what is neither stays as it is. Scripts are told apart by it, as
 * V8 spells a URL in another way than `pathToFileURL` does: `~` is itself there, and `%7E` here.
 */
export function pathOf(script: string): string {
  if (!script.startsWith('file:')) return script;
  try {
    return fileURLToPath(script);
  } catch {
    // What a program names its own scripts (`sourceURL`) need not be a URL of this machine.
    return script;
  }
}
