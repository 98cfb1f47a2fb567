/**
 * NODE_OPTIONS with one more script to load first.
 *
 * @param existing the program's own
 */
export function withPreload(script: string, existing: string | undefined): string {
  // Node's own quoting there: double quotes, in which a backslash stands for the next character.
  const quoted = /[\s"\\]/.test(script) ? `"${script.replace(/["\\]/g, '\\$&')}"` : script;
  return [`--require ${quoted}`, ...(existing ? [existing] : [])].join(' ');
}
