/** Whether a text may defer functions. Reading a module costs 0.3 ms a kilobyte; most have nothing to do with threads. */
export function mayDefer(code: string): boolean {
  return /['"]heddle(?:\/threads)?['"]/.test(code) && /efer|[iI]nThread|ToThread|Pool\b/.test(code);
}
