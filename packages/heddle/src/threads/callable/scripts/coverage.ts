import type { Session } from 'node:inspector';

/** Whether Node writes down at the end what has run of each script, for c8 or for `node --test`, say. */
export function isCoverageTaken(): boolean {
  return Boolean(process.env['NODE_V8_COVERAGE']);
}

let keeper: Session | undefined;

/**
 * V8 forgets which branches have run as soon as its debugger is disabled, and counts no more of them in functions that
 * are compiled already. Where that is wanted, the debugger stays enabled by a session of its own, in which nothing stops.
 */
export function keepBranchCounts(): void {
  if (keeper !== undefined || !isCoverageTaken()) return;
  const { Session } = process.getBuiltinModule('node:inspector');
  keeper = new Session();
  keeper.connect();
  keeper.post('Debugger.enable');
  keeper.post('Debugger.setSkipAllPauses', { skip: true });
}
