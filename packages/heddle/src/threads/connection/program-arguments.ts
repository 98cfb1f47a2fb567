/**
 * What the program was started with, for its threads and processes: they load modules that may read it. The first two of
 * `process.argv`, Node and the file, they have of their own; of a text (`--eval`) there is no file.
 */
export function programArguments(): string[] {
  const isText = process.execArgv.some((option) => /^(?:-e|-p|-pe|--eval(?:=.*)?|--print(?:=.*)?)$/.test(option));
  return process.argv.slice(isText ? 1 : 2);
}
