import { Lookout } from './lookout.ts';
import { Recorder } from './recorder.ts';
import type { RecorderSettings } from './records.ts';

/**
 * Starts to write down what blocks this process; the function that comes back stops that.
 *
 * The program's own exit ends it too; a signal that kills the process loses nothing, since each block is written when
 * it is seen.
 */
export function record(settings: RecorderSettings): () => void {
  const lookout = new Lookout(settings);
  const recorder = new Recorder(settings, () => lookout.turned());
  const stop = (): void => {
    process.removeListener('exit', stop);
    lookout.stop();
    recorder.stop();
  };
  process.once('exit', stop);
  return stop;
}
