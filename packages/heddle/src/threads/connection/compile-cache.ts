import module from 'node:module';
import path from 'node:path';

/**
 * Where this program keeps what V8 has compiled, if it does: threads load the same modules, and Node hands on to them
 * only what the environment says (NODE_COMPILE_CACHE), not what `module.enableCompileCache()` does.
 */
export function compileCacheDirectory(): string | undefined {
  // Only since Node 22.1.
  const { getCompileCacheDir } = module as Partial<typeof module>;
  const folder = getCompileCacheDir?.();
  // In the directory that Node was given, it has a folder for each of its versions.
  return folder === undefined ? undefined : path.dirname(folder);
}
