// From what a runner gave instead of an answer to a note for readers.

const withPlugin = 'see the rows with the plug-in.';

/** What readers need besides the message, by what the message says. */
const explanations: readonly (readonly [RegExp, string])[] = [
  [/HEDDLE_THREAD_ENTRY_MISSING/, `Bundles with it: ${withPlugin}`],
  [/HEDDLE_CAPTURES_THIS/, 'Its object is among the exports of no module that the thread could import.'],
  [/HEDDLE_CODEC_MODULE/, 'In a bundle, the module with the class has to be an entry of the build beside the program.'],
  [
    /HEDDLE_CAPTURES_UNCLONABLE.*has properties of its own/,
    `A function of a package that is part of the bundle. Keep the package out of the bundle, or ${withPlugin}`,
  ],
  [
    /strip-only mode/,
    'Node strips types and compiles nothing, so the program itself cannot load an enum. Under tsx it can.',
  ],
  [
    /could not be executed as CommonJS/,
    "Jest's require() loads no ES module here. await import('heddle') under --experimental-vm-modules works, and from Node 24 on require() under that flag as well.",
  ],
  [/dynamic import callback/, 'Jest has import() only under --experimental-vm-modules.'],
];

/** A note that holds for all functions that met with the same. */
export function noteFor(outcome: string): string {
  const folded = fold(outcome);
  const explanation = explanations.find(([said]) => said.test(outcome))?.[1];
  return escaped(explanation === undefined ? folded : `${folded} ${explanation}`);
}

/** Leaves out which function it was, and where it stands. */
function fold(outcome: string): string {
  return sentence(
    outcome
      .replace(/^(refused \w+): (?:An anonymous function|[\w$.#]+)(?: \([^()]*:\d+:(?:\d+|…)\))? /, '$1: it ')
      .replace(/ \(line \d+\)/g, '')
      .replace(/has properties of its own \([^)]*\)/, 'has properties of its own')
      .replace(/The thread that ran .+? ended/, 'The thread ended')
      .replace(/The codec of [\w$]+ is/, 'The codec is')
      .replace(/(the program's entry module), [^\s,]*,/, '$1,')
      .replace(/^fails: {2,}/, 'fails: ')
      .replace(/. Either:$/, ''),
  );
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const escaped = (text: string): string =>
  text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll('{', '&#123;')
    .replaceAll('*', '\\*')
    .replaceAll('_', '\\_');
