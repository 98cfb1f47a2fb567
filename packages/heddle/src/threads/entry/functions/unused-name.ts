/** A name for what is put around a text: `name`, or that with more behind it. */
export function unusedName(name: string, isUsed: (name: string) => boolean): string {
  return isUsed(name) ? unusedName(`${name}$`, isUsed) : name;
}
