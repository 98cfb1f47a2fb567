import { type Report, reportOf } from '#report';

export type RecordedProcess = Parameters<typeof reportOf>[1][number];
type RecordedBlock = RecordedProcess['blocks'][number];
type PlaceRecord = NonNullable<RecordedBlock['place']>;
type Run = Parameters<typeof reportOf>[0];

/** A block of 100 ms in line 3 of a program. */
export function blockAt(place: Partial<PlaceRecord>, rest: Partial<RecordedBlock> = {}): RecordedBlock {
  return {
    began: 0,
    duration: 100,
    kind: 'code',
    atStart: false,
    place: { file: '/app/app.js', line: 3, column: 0, functionName: '', call: undefined, callee: undefined, ...place },
    stack: [],
    tree: undefined,
    isUnfinished: false,
    ...rest,
  };
}

type Judgements = Readonly<Record<string, NonNullable<Report['places'][number]['judgement']>>>;

/** What one process of a program has written down. */
export function recorded(blocks: readonly RecordedBlock[], judgements: Judgements = {}): RecordedProcess {
  return {
    pid: 1,
    start: undefined,
    blocks,
    delays: [],
    judgements: new Map(Object.entries(judgements)),
    failure: undefined,
    ended: 1_000,
    isStuck: false,
  };
}

/** The report on a program of one process, and others that it has started. */
export function reported(
  blocks: readonly RecordedBlock[],
  judgements: Judgements = {},
  run: Partial<Run> = {},
  others: readonly RecordedProcess[] = [],
): Report {
  const whole: Run = {
    command: ['node'],
    began: 0,
    ended: 1_000,
    threshold: 50,
    exitCode: 0,
    signal: null,
    notes: [],
    isJudging: true,
  };
  return reportOf({ ...whole, ...run }, [recorded(blocks, judgements), ...others]);
}
