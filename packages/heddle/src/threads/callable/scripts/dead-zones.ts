/**
 * Asks V8 what surrounds a function, in such a way that to read a variable in its dead zone throws, as in JavaScript.
 *
 * V8 has done so of itself since Node 22. In Node 20's it is a flag, without which such a variable looks as if it
 * were undefined. The flag is set for the question only: what V8 keeps of compiled code is only good for the flags it
 * was compiled under.
 */
export function withDeadZones<Answer>(ask: () => Answer): Answer {
  // All of Node 20 has this version. Others complain on the program's stderr of a flag that they do not know.
  if (!process.versions.v8.startsWith('11.3.')) return ask();
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString('--experimental-value-unavailable');
  try {
    return ask();
  } finally {
    setFlagsFromString('--no-experimental-value-unavailable');
  }
}
