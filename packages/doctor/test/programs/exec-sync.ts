// Runs another program and waits for it.
import { execSync } from 'node:child_process';

function convert(name: string): string {
  const command = `sleep 0.5; echo ${name}`;
  const output = execSync(command, { encoding: 'utf8' }); // blocks
  return output.trim();
}

setTimeout(() => {
  console.log(convert('picture'));
}, 100);
