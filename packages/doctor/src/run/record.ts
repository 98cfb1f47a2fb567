import { Session } from 'node:inspector';
import { type BlockedLoop, watchLoop } from 'heddle/watchdog';
import { startJudge } from '../judge/judge.ts';
import { Lookout } from './lookout.ts';
import { Recorder } from './recorder.ts';
import type { RecorderSettings } from './records.ts';

/**
 * Starts to write down what blocks this process; the function that comes back stops that.
 *
 * The program's own exit ends it too; a signal that kills the process loses nothing, since each block is written when
 * it is seen.
 *
 * @param ownConnections how many connections to the process's inspector are the doctor's
 */
export function record(settings: RecorderSettings, ownConnections = 0): () => void {
  requireInspector();
  const lookout = new Lookout(settings);
  const judge = settings.isJudging
    ? startJudge({
        ownConnections,
        onJudged: (key, judgement) => recorder.file.write({ type: 'judgement', key, judgement }),
      })
    : undefined;
  const recorder: Recorder = new Recorder({
    ...settings,
    onTurn: () => lookout.turned(),
    onBlock: ({ kind = 'code', ...block }) => {
      const judged: BlockedLoop = { ...block, kind, count: 1, context: undefined };
      judge?.look(judged);
    },
    heldUp: () => judge?.heldUp() ?? [],
    ownConnections,
  });
  // The first of these listeners, so that what the others do is not in the last block. At the end of the process the
  // watch says its last words in one of its own, which comes before the one below.
  const end = (): void => recorder.end();
  process.once('exit', end);
  const watch = watchLoop({ threshold: settings.threshold, onBlocked: (block) => recorder.watched(block) });
  recorder.expectWatch();
  const stop = (): void => {
    process.removeListener('exit', end);
    process.removeListener('exit', stop);
    recorder.end();
    watch.stop();
    lookout.stop();
    judge?.stop();
    recorder.stop();
  };
  process.once('exit', stop);
  return stop;
}

/**
 * Before anything is started that would be left: the process in which `node --test` runs its files has no inspector, and
 * a thread that connects to it ends the process.
 *
 * @throws what connecting to it throws
 */
function requireInspector(): void {
  const session = new Session();
  session.connect();
  session.disconnect();
}
