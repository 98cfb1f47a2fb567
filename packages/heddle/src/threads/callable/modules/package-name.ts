/** The name of the package that a file lies in, by its path or its URL; undefined for the program's own files. */
export function packageName(file: string): string | undefined {
  return /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file)?.[1]?.replace('\\', '/');
}
