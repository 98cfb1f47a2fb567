import { measures } from './measures/all.mjs';
import type { Measure } from './measures/measure.ts';
import type { Options } from './options.ts';
import { peers as nodePeers } from './peers/all.mjs';
import { installedVersion } from './peers/version.ts';
import { canBind, type MeasuringProcess, nodeProcess, twistedProcess } from './process/measuring-process.ts';
import type { Answer } from './process/question.ts';

/** One that takes part in the rounds. */
export interface Participant {
  readonly name: string;
  readonly version: string;
  readonly warm: MeasuringProcess;
  /** A process in which nothing has been measured yet. */
  readonly fresh: ((onOneProcessor?: boolean) => MeasuringProcess) | undefined;
}

/** What one peer answered in one round. */
export interface Measured {
  readonly round: number;
  readonly peer: string;
  readonly measure: Measure;
  readonly answer: Answer;
}

/** Those that are wanted, Heddle first. `withoutTwisted` says why Twisted is not among them. */
export async function participants({
  node,
  only,
}: Options): Promise<{ all: Participant[]; withoutTwisted: string | undefined }> {
  const names = [...Object.keys(nodePeers), 'Twisted'];
  const stranger = only?.find((name) => !names.includes(name));
  if (stranger !== undefined) throw new Error(`--only takes one of ${names.join(', ')}, not '${stranger}'.`);
  const isWanted = (name: string): boolean => only === undefined || name === 'Heddle' || only.includes(name);
  const all = Object.entries(nodePeers).flatMap(([name, peer]): Participant[] => {
    if (!isWanted(name)) return [];
    const version = peer.package === undefined ? '' : installedVersion(peer.package);
    return [
      {
        name,
        version,
        warm: nodeProcess(node, name),
        fresh: (onOneProcessor) => nodeProcess(node, name, onOneProcessor),
      },
    ];
  });
  if (!isWanted('Twisted')) return { all, withoutTwisted: undefined };
  const twisted = await twistedProcess();
  if (twisted === undefined) return { all, withoutTwisted: "Twisted (Debian's python3-twisted) was not installed." };
  all.push({ name: 'Twisted', version: twisted.version, warm: twisted.process, fresh: undefined });
  return { all, withoutTwisted: undefined };
}

/**
 * Measures everybody in rounds: of each measure every peer has its turn, one after the other and in rotated order, so
 * that a busy minute of the machine meets all of them.
 */
export async function measureRounds(all: readonly Participant[], options: Options): Promise<Measured[]> {
  const measured: Measured[] = [];
  if (!options.smoke) await warmUp(all, options);
  for (let round = 0; round < options.rounds; round++) {
    const started = performance.now();
    for (const measure of measures) {
      if (round % measure.everyRound > 0) continue;
      for (let turn = 0; turn < all.length; turn++) {
        const participant = all[(turn + round) % all.length] as Participant;
        const answer = await ask(participant, measure, options);
        measured.push({ round, peer: participant.name, measure, answer });
      }
    }
    console.log(`round ${round + 1} of ${options.rounds}: ${Math.round((performance.now() - started) / 1000)} s`);
  }
  await Promise.all(all.map(({ warm }) => warm.end()));
  return measured;
}

/** Nobody's first calls count: the compiler needs some hundred milliseconds of each kind. */
async function warmUp(all: readonly Participant[], options: Options): Promise<void> {
  for (const measure of measures) {
    if (measure.process !== 'warm') continue;
    for (const participant of all) await ask(participant, measure, { ...options, slice: options.slice * 4 });
  }
}

async function ask({ warm, fresh }: Participant, measure: Measure, { slice, smoke }: Options): Promise<Answer> {
  const question = { measure: measure.name, milliseconds: slice, smoke };
  // A run that only shows that everything works need not start hundreds of processes.
  if (measure.process === 'warm' || fresh === undefined || smoke) return warm.ask(question);
  if (measure.onOneProcessor && !canBind) return { reason: 'there was no taskset to keep it on one processor' };
  const process = fresh(measure.onOneProcessor);
  const answer = await process.ask(question);
  // Its threads take a while to end, and shall not disturb the next.
  await process.end();
  return answer;
}
