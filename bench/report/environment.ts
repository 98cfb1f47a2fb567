import { execFileSync } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';

export interface Environment {
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly date: string;
  /** How many programs wanted a processor in the minute before: with more than there are cores, figures say little. */
  readonly load?: number;
}

/** @param node the binary that is measured, where it is not this one */
export function environment(node: string = process.execPath): Environment {
  return {
    node: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(),
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    date: new Date().toISOString(),
    load: Number(loadavg()[0]?.toFixed(1)),
  };
}
