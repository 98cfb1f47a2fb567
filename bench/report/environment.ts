import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

export interface Environment {
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly date: string;
}

/** @param node the binary that is measured, where it is not this one */
export function environment(node: string = process.execPath): Environment {
  return {
    node: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(),
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    date: new Date().toISOString(),
  };
}
