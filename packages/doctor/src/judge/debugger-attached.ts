import { readFileSync } from 'node:fs';
import inspector from 'node:inspector';

const ESTABLISHED = '01';

/**
 * Whether somebody debugs the program. Two debuggers would stop it for each other: the judge leaves it alone then.
 *
 * A program under `--inspect` has a port, on which nobody need be. Where Linux does not tell about that, somebody is
 * taken to be there.
 *
 * @param ownConnections how many of those who are there belong to the doctor
 */
export function isDebuggerAttached(ownConnections: number): boolean {
  const url = inspector.url();
  if (url === undefined) return false;
  const port = Number(new URL(url).port);
  try {
    const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6'].map((table) => readFileSync(table, 'latin1'));
    return connections(tables.join('\n'), port) > ownConnections;
  } catch {
    return true;
  }
}

/** @param table as Linux writes it: a line for each socket, with `address:port` in hexadecimal digits and its state */
function connections(table: string, port: number): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table.split('\n').filter((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    return local?.endsWith(suffix) === true && state === ESTABLISHED;
  }).length;
}
