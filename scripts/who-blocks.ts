// Who is named for twelve ways of blocking the loop, by the doctor and by watchLoop: runs each program in each of its
// forms on several Node versions and writes docs/reference/who-blocks.md. The compiled tests of the doctor hold the
// programs; one of them looks after the page.
//
//   npm run docs:who-blocks
//   npm run docs:who-blocks -- 24 own-loop      only prints what it sees
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fetchNode } from './node-binary.ts';
import { root } from './workspace.ts';

interface Row {
  readonly program: string;
  readonly title: string;
  readonly isInNode20?: false;
}

interface Form {
  readonly title: string;
}

interface NodeBinary {
  readonly path: string;
  readonly major: number;
}

type Seen = { readonly outcome: string; readonly kind: string };
type Observe = (row: Row, form: Form, node: NodeBinary) => Promise<Seen>;

const folder = path.join(root, 'packages/doctor/build/test/who-blocks');
const { rows } = (await import(path.join(folder, 'rows.js'))) as { rows: readonly Row[] };
const { forms } = (await import(path.join(folder, 'forms.js'))) as { forms: readonly Form[] };
const { underDoctor, underWatch } = (await import(path.join(folder, 'observe.js'))) as Record<string, Observe>;
const { outcomeWords, outcomes } = (await import(path.join(folder, 'outcome.js'))) as {
  outcomeWords: Readonly<Record<string, string>>;
  outcomes: readonly string[];
};

/** Other programs share the machine's processors: what counts is what is said when the program gets one. */
const TRIES = 3;

const wanted = process.argv.slice(2);
const versions = ['20.19.0', '22', '24', '26'].filter((version) => isWanted(version, /^\d/));
const wantedRows = rows.filter(({ program }) => isWanted(program, /^[a-z]/));
const stranger = wanted.find((word) => ![...versions, ...wantedRows.map(({ program }) => program)].includes(word));
if (stranger !== undefined) throw new Error(`There is neither a Node nor a program '${stranger}' in the table.`);
const nodes = versions.map((version): NodeBinary & { version: string } => {
  const binary = fetchNode(version);
  const full = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim().slice(1);
  return { path: binary, version: full, major: Number(full.split('.')[0]) };
});

function isWanted(name: string, pattern: RegExp): boolean {
  const chosen = wanted.filter((word) => pattern.test(word));
  return chosen.length === 0 || chosen.includes(name);
}

async function best(observe: Observe | undefined, row: Row, form: Form, node: NodeBinary): Promise<Seen> {
  if (observe === undefined) throw new Error('npm run typecheck compiles what this script needs.');
  let found = await observe(row, form, node);
  for (let tries = 1; tries < TRIES && found.outcome !== outcomes[0]; tries++) {
    const again = await observe(row, form, node);
    if (outcomes.indexOf(again.outcome) < outcomes.indexOf(found.outcome)) found = again;
  }
  return found;
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const sections: string[] = [];
for (const form of forms) {
  const lines: string[] = [];
  for (const row of wantedRows) {
    const cells: string[] = [];
    for (const node of nodes) {
      if (row.isInNode20 === false && node.major < 22) {
        cells.push('not in this Node', '');
        continue;
      }
      for (const observe of [underDoctor, underWatch]) {
        const { outcome, kind } = await best(observe, row, form, node);
        cells.push(`${outcomeWords[outcome]}; ${kind}`);
      }
    }
    lines.push(line([row.title, ...cells]));
    console.log(form.title, lines.at(-1));
  }
  const titles = nodes.flatMap(({ version }) => [`${version}: doctor`, 'watchLoop']);
  sections.push(
    [`## ${form.title}`, '', line(['blocks by', ...titles]), line(['---', ...titles.map(() => '---')]), ...lines].join(
      '\n',
    ),
  );
}

const page = `# Who is named

Twelve programs block their loop in twelve ways, each in three forms. This is what the doctor
(\`npx @heddle/doctor -- node program.js\`) and \`watchLoop()\` alone say of them: the function and the line (and the call,
where one takes the time), less of it, or only for how long; behind that, as what kind of block they know it.

\`npm run docs:who-blocks\` runs all of them and writes this page. TypeScript runs by Node's own type stripping, on
Node 20 by tsx. In a minified bundle both give functions the names that they have in the source.

${sections.join('\n\n')}
`;
if (wanted.length === 0) {
  mkdirSync(path.join(root, 'docs/reference'), { recursive: true });
  writeFileSync(path.join(root, 'docs/reference/who-blocks.md'), page);
}
