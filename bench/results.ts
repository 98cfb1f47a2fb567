import type { Figure, Target } from './measures/measure.ts';
import type { Measured, Participant } from './rounds.ts';
import type { Environment } from './report/environment.ts';
import { median } from './statistics.mjs';

/** The whole of a result file. */
export interface Results {
  readonly environment: Environment;
  readonly rounds: number;
  readonly slice: number;
  readonly peers: readonly { readonly name: string; readonly version: string }[];
  readonly remarks: readonly string[];
  readonly figures: readonly FigureResult[];
}

export interface FigureResult extends Figure {
  readonly name: string;
  readonly peers: Readonly<Record<string, PeerResult>>;
  /** Why the others have no such figure. */
  readonly unmeasured: Readonly<Record<string, string>>;
  readonly verdict?: Verdict;
}

export interface PeerResult {
  /** The median of the rounds. */
  readonly value: number;
  /** What each round gave, in order. */
  readonly rounds: readonly number[];
  /** How many times better Heddle was in the same round; below 1 it was worse. */
  readonly heddleBetterBy: Spread;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Whether a target is met. */
export interface Verdict {
  readonly met: boolean;
  /** The peer that was hardest to beat, where the target names peers. */
  readonly than?: string;
  /** What the target speaks of: a ratio, a difference or a value. */
  readonly reached: Spread;
}

export const HEDDLE = 'Heddle';

export function resultsOf(
  measured: readonly Measured[],
  all: readonly Participant[],
  about: Omit<Results, 'figures' | 'peers'>,
): Results {
  const measures = [...new Set(measured.map(({ measure }) => measure))];
  return {
    ...about,
    peers: all.map(({ name, version }) => ({ name, version })),
    figures: measures.flatMap((measure) => {
      const answers = measured.filter((one) => one.measure === measure);
      return Object.entries(measure.figures).map(([key, figure]) =>
        figureResult(`${measure.name}.${key}`, figure, key, answers),
      );
    }),
  };
}

function figureResult(name: string, figure: Figure, key: string, answers: readonly Measured[]): FigureResult {
  const unmeasured: Record<string, string> = {};
  for (const { peer, answer } of answers) if ('reason' in answer) unmeasured[peer] = String(answer.reason);
  const rounds: Record<string, number[]> = {};
  for (const { peer, answer } of answers) {
    // Who has missed a round has no figure: its others would be compared with those of other rounds.
    if (unmeasured[peer] !== undefined) continue;
    (rounds[peer] ??= []).push(round((answer as Readonly<Record<string, number>>)[key] as number));
  }
  const heddle = rounds[HEDDLE] ?? [];
  const peers = Object.fromEntries(
    Object.entries(rounds).map(([peer, values]): [string, PeerResult] => {
      const better = values.map((value, index) => {
        const own = heddle[index] as number;
        return figure.better === 'more' ? own / value : value / own;
      });
      return [peer, { value: spread(values).median, rounds: values, heddleBetterBy: spread(better) }];
    }),
  );
  const result = { name, ...figure, peers, unmeasured };
  const verdict = figure.target && verdictOn(figure.target, result);
  return verdict === undefined ? result : { ...result, verdict };
}

/** Whether a target is met; `undefined` where Heddle was not measured, or none of the peers that it names. */
export function verdictOn(target: Target, { better, peers }: Omit<FigureResult, 'verdict'>): Verdict | undefined {
  const isHere = (name: string): boolean => peers[name] !== undefined;
  const heddle = peers[HEDDLE];
  if (heddle === undefined) return undefined;
  if (target.kind === 'value') return { met: heddle.value <= target.atMost, reached: spread(heddle.rounds) };
  if (target.kind === 'beyond') {
    const differences = target.than.filter(isHere).map((than) => ({
      than,
      reached: spread(heddle.rounds.map((value, index) => value - (peers[than]?.rounds[index] as number))),
    }));
    const [hardest] = differences.sort((a, b) => b.reached.median - a.reached.median);
    if (hardest === undefined) return undefined;
    return { met: hardest.reached.median <= target.atMost, ...hardest };
  }
  const sign = better === 'more' ? -1 : 1;
  const others = Object.entries(peers)
    .filter(([name]) => name !== HEDDLE)
    .sort(([, a], [, b]) => sign * (a.value - b.value));
  const names = target.than === 'the best peer' ? others.slice(0, 1).map(([name]) => name) : target.than;
  const ratios = names.filter(isHere).map((than) => ({ than, reached: (peers[than] as PeerResult).heddleBetterBy }));
  const [hardest] = ratios.sort((a, b) => a.reached.median - b.reached.median);
  if (hardest === undefined) return undefined;
  return { met: hardest.reached.median >= target.atLeast, ...hardest };
}

/** The median of values, and how far they lie apart. */
export function spread(values: readonly number[]): Spread {
  return { median: round(median(values)), least: round(Math.min(...values)), most: round(Math.max(...values)) };
}

/** Four digits are more than any of the figures is good for. */
function round(value: number): number {
  return Number(value.toPrecision(4));
}
