import { InvalidArgumentError } from '../../defer/errors.ts';

/**
 * A single executable starts itself, whatever file it is given: each process of a pool would be the whole program again,
 * with a pool of its own.
 *
 * @throws InvalidArgumentError in such a program
 */
export function refuseSingleExecutable(): void {
  // Bun and Deno have no such module.
  const sea: { isSea(): boolean } | undefined = process.getBuiltinModule('node:sea');
  if (!sea?.isSea()) return;
  throw new InvalidArgumentError(
    'A ProcessPool cannot be made in a single executable application: its processes would run the whole program again, ' +
      'since there is no Node to run them. Use a ThreadPool, or start the program with node.',
  );
}
