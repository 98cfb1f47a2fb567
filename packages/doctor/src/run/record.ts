import { watchLoop } from 'heddle/watchdog';
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
  const recorder = new Recorder({ ...settings, onTurn: () => lookout.turned() });
  // At the end of the process the watch says its last words in a listener of its own, which is before the one below.
  const watch = watchLoop({ threshold: settings.threshold, onBlocked: (block) => recorder.watched(block) });
  recorder.expectWatch();
  const stop = (): void => {
    process.removeListener('exit', stop);
    watch.stop();
    lookout.stop();
    recorder.stop();
  };
  process.once('exit', stop);
  return stop;
}
