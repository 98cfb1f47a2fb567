/**
 * For node:test's `skip` option: the reason where this machine lacks something that can be installed, otherwise false.
 * With HEDDLE_REQUIRE_ALL=1 in the environment it throws instead, so that nothing goes untested unseen.
 */
export function missingHere(what: string, present: boolean): string | false {
  if (present) return false;
  const reason = `missing here: ${what}`;
  if (process.env['HEDDLE_REQUIRE_ALL'] !== '1') return reason;
  throw new Error(`${reason}, and HEDDLE_REQUIRE_ALL=1 allows no such skip. Install it or unset the variable.`);
}
