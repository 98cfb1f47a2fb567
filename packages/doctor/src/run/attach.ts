import type { RecorderSettings } from './records.ts';

export async function attach(
  _pid: number,
  _options: RecorderSettings & { tell: (message: string) => void },
): Promise<{ began: number; ended: number; notes: string[] }> {
  throw new Error('not yet');
}
