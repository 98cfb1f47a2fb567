// Calls a function of a package that computes.
import { hashSync } from 'bcryptjs';

interface User {
  readonly name: string;
  readonly digest: string;
}

function register(name: string, password: string): User {
  const digest = hashSync(password, 13); // blocks
  return { name, digest };
}

setTimeout(() => {
  console.log(register('ada', 'secret').digest.length);
}, 100);
