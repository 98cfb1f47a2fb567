import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { logOnHeddle } from './on-heddle.js';

/** A process that carries out programs on the real Twisted, one after the other. */
class Twisted {
  #python;
  #answers;

  constructor(python) {
    const script = fileURLToPath(new URL('on_twisted.py', import.meta.url));
    this.#python = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface({ input: this.#python.stdout })[Symbol.asyncIterator]();
  }

  async logOf(program) {
    this.#python.stdin.write(`${JSON.stringify(program)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`Python has ended at ${JSON.stringify(program)}`);
    return JSON.parse(value);
  }

  close() {
    this.#python.stdin.end();
  }
}

/** Carries out programs on Heddle and on Twisted, which is to log the same. */
export class Comparison {
  #twisted;

  constructor(python) {
    this.#twisted = new Twisted(python);
  }

  /** Both logs where they differ. */
  async differenceOf(program) {
    const asked = this.#twisted.logOf(program);
    const heddle = await logOnHeddle(program);
    const twisted = await asked;
    const same = heddle === undefined || JSON.stringify(heddle) === JSON.stringify(twisted);
    return same ? undefined : { heddle, twisted };
  }

  /** A program that still differs, with as little in it as can be found in some hundred tries. */
  async leastOf(program) {
    let least = program;
    for (let triesLeft = 600, found = true; found; ) {
      found = false;
      for (const candidate of smaller(least)) {
        if (--triesLeft < 0) return least;
        if ((await this.differenceOf(candidate)) === undefined) continue;
        least = candidate;
        found = true;
        break;
      }
    }
    return least;
  }

  close() {
    this.#twisted.close();
  }
}

const HEADS = new Set(['coop', 'unordered']);

/** The programs that are smaller than this one by one statement, step or detail. */
function* smaller(node) {
  if (Array.isArray(node)) {
    for (const [index, part] of node.entries()) if (mayGo(node, part)) yield node.toSpliced(index, 1);
    for (const [index, part] of node.entries()) {
      if (node[0] === 'new' && part?.id) yield ['new'];
      for (const less of smaller(part)) yield node.with(index, less);
    }
  } else if (typeof node === 'object' && node !== null) {
    if (node.out && node.out[0] !== 'none') yield { ...node, out: ['none'] };
    for (const key of ['do', 'steps']) {
      if (node[key]) for (const less of smaller(node[key])) yield { ...node, [key]: less };
    }
  }
}

/** Statements of a list, and steps of a coroutine or a task. */
function mayGo([first], part) {
  const isList = Array.isArray(first) || isStep(first);
  return isList && !HEADS.has(part?.[0]) && (Array.isArray(part) || isStep(part));
}

function isStep(part) {
  return part?.k !== undefined || part?.y !== undefined;
}
