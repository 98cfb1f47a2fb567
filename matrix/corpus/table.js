import { corpus, versionOf } from './corpus.js';

/**
 * The page that shows what the tests have found.
 *
 * @param {ReadonlyMap<import('./corpus.js').Case, string>} outcomes `same`, or the code of the failure
 */
export function pageOf(outcomes) {
  const packages = new Set(corpus.map((each) => each.package));
  const deferred = [...outcomes.values()].filter((outcome) => outcome === 'same').length;
  const rows = corpus.map((each) => {
    const outcome = outcomes.get(each) ?? 'not run';
    const shown = outcome === 'same' ? 'same' : `\`${outcome}\`: ${each.because}`;
    return `| ${each.package} | ${versionOf(each.package)} | \`${each.name}\` | ${shown} |`;
  });
  return `# Functions of npm packages

Functions that nobody here wrote, deferred by nothing but themselves: \`deferToThread(f, ...args)\`. *Same* says that the
thread gave what a call on the spot gives; otherwise the row has the code of the failure ([errors](./errors.md)) and
what stands in the way. An instance of a class that cannot travel does with a codec: \`registerCodec\`.

${deferred} of ${outcomes.size} functions of ${packages.size} packages can be deferred as they are.
\`npm run test:corpus\` makes these calls and fails where this table says something else; with \`-- --update\` it writes it.

| package | version | function | in a thread |
|---|---|---|---|
${rows.join('\n')}
`;
}
