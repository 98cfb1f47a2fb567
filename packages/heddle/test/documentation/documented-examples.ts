import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot, repositoryRoot } from '../support/paths.ts';
import { fencesOfDocstrings } from './docstrings.ts';
import { type Fence, fencesOf } from './fences.ts';
import { pages, sources } from './pages.ts';

/** A documented example, written to a folder of its own. */
export interface DocumentedExample {
  /** Where the reader finds it: `README.md:12`. */
  readonly place: string;
  /** The compiled program. */
  readonly program: string;
  readonly noRun: string | undefined;
  /** What its `// prints …` comments say that it prints, line by line. */
  readonly prints: readonly string[];
}

export interface DocumentedExamples {
  readonly examples: readonly DocumentedExample[];
  /** The TypeScript project around all of them. */
  readonly project: string;
  /** What is wrong with how examples are written, by file and line. */
  readonly mistakes: readonly string[];
}

// Inside the package, so that `import 'heddle'` finds the package itself.
const folder = path.join(packageRoot, 'build', 'examples');

/**
 * Writes every documented example of the repository to a folder of its own, with a TypeScript project around all of
 * them. Each folder repeats the place where the example stands, so that the compiler's messages lead there.
 */
export function writeDocumentedExamples(): DocumentedExamples {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const project = path.join(folder, 'tsconfig.json');
  const compilerOptions = {
    declaration: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
    moduleDetection: 'force',
    rootDir: 'source',
    outDir: 'compiled',
  };
  const base = path.relative(folder, path.join(repositoryRoot, 'tsconfig.base.json'));
  writeFileSync(project, JSON.stringify({ extends: base, compilerOptions, include: ['source'] }, null, 2));
  const mistakes: string[] = [];
  const examples = [...pages(), ...sources(), ...sources('doctor')].flatMap((file) => {
    try {
      return writeExamples(file);
    } catch (error) {
      mistakes.push(`${file}: ${(error as Error).message}`);
      return [];
    }
  });
  return { project, examples, mistakes };
}

function writeExamples(file: string): DocumentedExample[] {
  const text = readFileSync(path.join(repositoryRoot, file), 'utf8');
  let besides: Fence[] = [];
  const examples: DocumentedExample[] = [];
  for (const fence of file.endsWith('.ts') ? fencesOfDocstrings(text) : fencesOf(text)) {
    if (fence.sketch !== undefined) continue;
    if (fence.file !== undefined) {
      besides.push(fence);
      continue;
    }
    const directory = path.join(file, String(fence.line));
    for (const { file: name = '', code } of besides) {
      // Node runs what is typed off as it stands, and finds no file by the name that it would have when compiled.
      const compiled = `from './${name.replace(/ts$/, 'js')}'`;
      if (name.endsWith('ts') && fence.code.includes(compiled)) throw new Error(`line ${fence.line}: ${compiled}`);
      writeSource(directory, name, code);
    }
    writeSource(directory, 'example.ts', fence.code);
    besides = [];
    examples.push({
      place: `${file}:${fence.line}`,
      program: path.join(folder, 'compiled', directory, 'example.js'),
      noRun: fence.noRun,
      prints: [...fence.code.matchAll(/\/\/ prints (.*)$/gm)].map(([, printed = '']) => printed.trim()),
    });
  }
  const [unused] = besides;
  if (unused) throw new Error(`line ${unused.line}: no example follows that could import ${unused.file}`);
  return examples;
}

function writeSource(directory: string, name: string, code: string): void {
  const source = path.join(folder, 'source', directory);
  mkdirSync(source, { recursive: true });
  writeFileSync(path.join(source, name), code);
}
