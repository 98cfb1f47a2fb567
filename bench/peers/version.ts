import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** The version of an installed package. */
export function installedVersion(name: string): string {
  const file = findPackageJSON(name, import.meta.url);
  if (file === undefined) throw new Error(`The package ${name} is not installed; run npm ci at the repository's root.`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
