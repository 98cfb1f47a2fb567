/** @type {import('./measure.ts').Measure} */
export const measure = {
  name: 'first-call',
  process: 'fresh',
  everyRound: 1,
  figures: {
    call: {
      title: 'the first call of a process, thread included',
      unit: 'ms',
      better: 'less',
      target: { kind: 'times', than: ['piscina'], atLeast: 1 },
    },
    loaded: {
      title: 'the same and importing the library',
      unit: 'ms',
      better: 'less',
      target: { kind: 'times', than: ['piscina'], atLeast: 1 },
    },
  },
  async run({ peer, importTime }) {
    const before = performance.now();
    const pool = await peer.start(1);
    await pool.caller('noop')();
    const call = performance.now() - before;
    return { call, loaded: importTime + call };
  },
};
