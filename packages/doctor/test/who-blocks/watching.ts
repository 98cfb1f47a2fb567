// Loaded into a program: writes down what `watchLoop` says of it.
import { appendFileSync } from 'node:fs';
import { watchLoop } from 'heddle/watchdog';

const file = process.env['BLOCKS_FILE'] ?? '';

watchLoop({
  onBlocked: ({ duration, kind, culprit }) => {
    const said = culprit && {
      file: culprit.frame.file,
      line: culprit.frame.line,
      functionName: culprit.frame.functionName,
      call: culprit.call ?? null,
    };
    appendFileSync(file, `${JSON.stringify({ duration, kind, said: said ?? null })}\n`);
  },
});
