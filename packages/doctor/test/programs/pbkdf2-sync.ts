// Derives a key in Node's native code.
import { pbkdf2Sync } from 'node:crypto';

function deriveKey(password: string, rounds: number): string {
  const salt = 'salt';
  const key = pbkdf2Sync(password, salt, rounds, 64, 'sha512'); // blocks
  return key.toString('hex');
}

setTimeout(() => {
  console.log(deriveKey('secret', 500_000).length);
}, 100);
