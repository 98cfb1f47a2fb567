import { type NodeFeature, nodeFeatures } from './node-features.ts';

/** For node:test's `skip` option: the reason where this Node version lacks the feature, otherwise false. */
export function notInThisNode(feature: NodeFeature, version: string = process.versions.node): string | false {
  const minimum = nodeFeatures[feature];
  if (!isOlder(version, minimum)) return false;
  return `not in this Node version: ${feature} needs ${minimum}, this is ${version}`;
}

/**
 * For node:test's `skip` option: the reason where this machine lacks something that can be installed, otherwise false.
 * With HEDDLE_REQUIRE_ALL=1 in the environment it throws instead, so that nothing goes untested unseen.
 *
 * @param what what is missing and how to get it, such as "Twisted (Debian's python3-twisted)"
 */
export function missingHere(
  what: string,
  present: boolean,
  environment: NodeJS.ProcessEnv = process.env,
): string | false {
  if (present) return false;
  const reason = `missing here: ${what}`;
  if (environment['HEDDLE_REQUIRE_ALL'] === '1') {
    throw new Error(`${reason}, and HEDDLE_REQUIRE_ALL=1 allows no such skip. Install it or unset the variable.`);
  }
  return reason;
}

function isOlder(version: string, minimum: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, wanted] of minimum.split('.').map(Number).entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}
