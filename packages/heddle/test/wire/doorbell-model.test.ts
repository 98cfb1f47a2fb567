import assert from 'node:assert/strict';
import { test } from 'node:test';

/**
 * The protocol of src/threads/wire/channel/doorbell.ts and slot-queue.ts as a model: every step is one atomic operation, or
 * what happens between two of them. The steps of the two sides are tried in every order.
 */

const AWAKE = 0;
const PARKED = 1;
const IN_LOOP = 2;
const PATIENT = 3;

interface State {
  bell: number;
  /** What has been put into the queue, and taken out. */
  put: number;
  taken: number;
  /** Messages under way to the sleeper's event loop. */
  messages: number;
  /** Where each side is, by the name of its next step. */
  ringer: string;
  sleeper: string;
  /** What the ringer's exchange has found. */
  slept: number;
}

/** A step gives the states it can lead to; none where it has to wait. */
type Step = (state: State) => State[];
type Side = Readonly<Record<string, Step>>;

const JOBS = 4;

const to =
  (side: 'ringer' | 'sleeper') =>
  (state: State, next: string, changes: Partial<State> = {}): State => ({ ...state, ...changes, [side]: next });
const ringer = to('ringer');
const sleeper = to('sleeper');

/** SlotQueue.put() and Doorbell.ring(). */
const ring: Side = {
  put: (s) => (s.put === JOBS ? [] : [ringer(s, 'look', { put: s.put + 1 })]),
  look: (s) => [ringer(s, s.bell === AWAKE ? 'put' : 'exchange')],
  exchange: (s) => [ringer(s, 'wake', { slept: s.bell, bell: AWAKE })],
  wake: (s) => {
    if (s.slept === PARKED) return [ringer(s, 'put', s.sleeper === 'blocked' ? { sleeper: 'take' } : {})];
    return [ringer(s, 'put', s.slept === IN_LOOP ? { messages: s.messages + 1 } : {})];
  },
};

/** WorkLoop's way to sleep: Doorbell.park(), and the message that ends the sleep in the loop. */
const sleep: Side = {
  take: (s) => [s.taken < s.put ? sleeper(s, 'take', { taken: s.taken + 1 }) : sleeper(s, 'park')],
  park: (s) => [sleeper(s, 'lookAgain', { bell: PARKED })],
  lookAgain: (s) => [sleeper(s, s.taken < s.put ? 'stayAwake' : 'wait')],
  stayAwake: (s) => [sleeper(s, 'take', { bell: AWAKE })],
  wait: (s) => [sleeper(s, s.bell === PARKED ? 'blocked' : 'take')],
  // Notified by the other side, or the time is over.
  blocked: (s) => [sleeper(s, 'timedOut')],
  timedOut: (s) => [s.bell === PARKED ? sleeper(s, 'lookOnceMore', { bell: IN_LOOP }) : sleeper(s, 'take')],
  lookOnceMore: (s) => [sleeper(s, s.taken < s.put ? 'stayAwake' : 'inLoop')],
  inLoop: (s) => (s.messages > 0 ? [sleeper(s, 'take', { messages: s.messages - 1 })] : []),
};

/** JobSlots' way: Doorbell.sleepInLoop(), which never parks. */
const sleepInLoop: Side = {
  ...sleep,
  take: (s) => [s.taken < s.put ? sleeper(s, 'take', { taken: s.taken + 1 }) : sleeper(s, 'announce')],
  announce: (s) => [sleeper(s, 'lookOnceMore', { bell: IN_LOOP })],
};

/** The same, where one message for several results will do. */
const sleepPatiently: Side = { ...sleepInLoop, announce: (s) => [sleeper(s, 'lookOnceMore', { bell: PATIENT })] };

/** WorkLoop's way to ring: after each result but the last it may leave a patient sleeper alone. */
const ringTogether: Side = {
  ...ring,
  put: (s) => {
    if (s.put === JOBS) return [];
    const next = s.put + 1 < JOBS ? ['look', 'lookFollowed'] : ['look'];
    return next.map((step) => ringer(s, step, { put: s.put + 1 }));
  },
  lookFollowed: (s) => [ringer(s, s.bell === AWAKE || s.bell === PATIENT ? 'put' : 'exchange')],
  wake: (s) => (s.slept === PATIENT ? [ringer(s, 'put', { messages: s.messages + 1 })] : (ring['wake']?.(s) ?? [])),
};

/** Goes through all states that the two sides can get into; returns those in which work waits and nobody will see it. */
function statesOfLostWork(ringing: Side, sleeping: Side): State[] {
  const first: State = { bell: AWAKE, put: 0, taken: 0, messages: 0, ringer: 'put', sleeper: 'take', slept: AWAKE };
  const open = [first];
  const seen = new Set<string>();
  const lost: State[] = [];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const key = JSON.stringify(state);
    if (seen.has(key)) continue;
    seen.add(key);
    const byRinger = ringing[state.ringer]?.(state) ?? [];
    const bySleeper = sleeping[state.sleeper]?.(state) ?? [];
    // A parked sleeper would find the work when its time is over, but that is too late.
    const isAsleep = bySleeper.length === 0 || state.sleeper === 'blocked';
    if (byRinger.length === 0 && isAsleep && state.taken < state.put) lost.push(state);
    open.push(...byRinger, ...bySleeper);
  }
  assert.ok(seen.size > 100, `only ${seen.size} states were seen`);
  return lost;
}

test('whatever the order of the steps, no work is left waiting for a thread that sleeps', () => {
  assert.deepEqual(statesOfLostWork(ring, sleep), []);
});

test('whatever the order of the steps, no result is left waiting for a reactor that sleeps in its loop', () => {
  assert.deepEqual(statesOfLostWork(ring, sleepInLoop), []);
});

test('whatever the order of the steps, no result is left waiting for a reactor that is patient', () => {
  assert.deepEqual(statesOfLostWork(ringTogether, sleepPatiently), []);
  assert.deepEqual(statesOfLostWork(ringTogether, sleepInLoop), []);
});

// What each step is for: without it, the model finds work that nobody sees.
const mistakes: readonly [string, Side, Side][] = [
  ['the sleeper does not look again before it parks', ring, { ...sleep, lookAgain: (s) => [sleeper(s, 'wait')] }],
  [
    'the sleeper does not look again before it sleeps in its loop',
    ring,
    { ...sleepInLoop, lookOnceMore: (s) => [sleeper(s, 'inLoop')] },
  ],
  [
    'the sleeper goes from parked to its loop without asking whether it has been rung',
    ring,
    { ...sleep, timedOut: (s) => [sleeper(s, 'inLoop', { bell: IN_LOOP })] },
  ],
  [
    'the ringer looks at the bell before it puts the work in',
    {
      ...ring,
      put: (s) => (s.put === JOBS ? [] : [ringer(s, s.bell === AWAKE ? 'putAfter' : 'exchange')]),
      putAfter: (s) => [ringer(s, 'put', { put: s.put + 1 })],
      wake: (s) => ring['wake']?.({ ...s, put: s.put + 1 }) ?? [],
    },
    sleep,
  ],
  [
    'the ringer takes it that a sleeper which it saw parked is parked still',
    { ...ring, exchange: (s) => [ringer(s, 'wake', { slept: PARKED, bell: AWAKE })] },
    sleep,
  ],
  [
    'the ringer leaves a patient sleeper alone after the last result',
    { ...ringTogether, put: (s) => (s.put === JOBS ? [] : [ringer(s, 'lookFollowed', { put: s.put + 1 })]) },
    sleepPatiently,
  ],
];
for (const [mistake, ringing, sleeping] of mistakes) {
  test(`the model notices when ${mistake}`, () => {
    assert.notDeepEqual(statesOfLostWork(ringing, sleeping), []);
  });
}
