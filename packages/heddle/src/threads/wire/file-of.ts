import { fileURLToPath } from 'node:url';

/**
 * The path that a script's URL stands for; undefined where it stands for none. A script may have any name: that of a
 * `file:` URL with a host is a path on Windows only, one without a drive nowhere but there.
 */
export function fileOf(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
