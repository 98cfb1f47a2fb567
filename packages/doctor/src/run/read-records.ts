import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Judgement } from '../judge/judgement.ts';
import type { BlockRecord, DelayRecord, ProcessRecord, StartRecord } from './records.ts';

/** What one process of the program has written down. */
export interface RecordedProcess {
  readonly pid: number;
  readonly start: StartRecord | undefined;
  readonly blocks: readonly RecordedBlock[];
  readonly delays: readonly DelayRecord[];
  readonly judgements: ReadonlyMap<string, Judgement>;
  /** Why it could not be watched. */
  readonly failure: string | undefined;
  /** When it ended by itself; `undefined` where it was killed, or runs on. */
  readonly ended: number | undefined;
  /** Whether its loop stood still when it wrote last. */
  readonly isStuck: boolean;
}

export interface RecordedBlock extends Omit<BlockRecord, 'type' | 'id'> {
  /** Whether the process ended in it. */
  readonly isUnfinished: boolean;
}

/** Reads what the processes of a program have written into a folder: nothing, where that is gone. */
export function readRecords(folder: string): RecordedProcess[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson'))
    .map((name) => Number(name.slice(0, -'.ndjson'.length)))
    .sort((a, b) => a - b)
    .map((pid) => processOf(pid, recordsIn(path.join(folder, `${pid}.ndjson`))));
}

function recordsIn(file: string): ProcessRecord[] {
  const records: ProcessRecord[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    try {
      if (line !== '') records.push(JSON.parse(line) as ProcessRecord);
    } catch {
      // The process was killed while it wrote its last line.
    }
  }
  return records;
}

function processOf(pid: number, records: readonly ProcessRecord[]): RecordedProcess {
  const blocks = new Map<number, RecordedBlock>();
  const delays: DelayRecord[] = [];
  const judgements = new Map<string, Judgement>();
  let start: StartRecord | undefined;
  let failure: string | undefined;
  let ended: number | undefined;
  let stuck: RecordedBlock | undefined;
  for (const record of records) {
    switch (record.type) {
      case 'start':
        start = record;
        break;
      case 'block':
        blocks.set(record.id, { ...record, isUnfinished: false });
        stuck = undefined;
        break;
      case 'retracted':
        blocks.delete(record.id);
        break;
      case 'delay':
        delays.push(record);
        stuck = undefined;
        break;
      case 'stuck':
        stuck = {
          ...record,
          // An answer may come after later records of the same standstill.
          duration: Math.max(record.duration, stuck?.duration ?? 0),
          // Most records of a standstill have no stack, nor has one in native code.
          place: record.place ?? stuck?.place,
          stack: record.stack.length > 0 ? record.stack : (stuck?.stack ?? []),
          kind: record.place === undefined ? stuck?.kind : 'code',
          atStart: false,
          tree: undefined,
          isUnfinished: true,
        };
        break;
      case 'judgement':
        judgements.set(record.key, record.judgement);
        break;
      case 'failure':
        failure = record.message;
        break;
      case 'end':
        ended = record.at;
        stuck = undefined;
    }
  }
  const all = [...blocks.values(), ...(stuck === undefined ? [] : [stuck])];
  return { pid, start, blocks: all, delays, judgements, failure, ended, isStuck: stuck !== undefined };
}
