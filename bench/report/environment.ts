import { availableParallelism } from 'node:os';

export interface Environment {
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly date: string;
}

export function environment(): Environment {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    date: new Date().toISOString(),
  };
}
