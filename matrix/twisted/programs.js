// Random programs on Twisted's ideas, one generator an area. A program is JSON, a list of statements such as
// ["new"] (a Deferred), ["add", "callback", 0, f] or ["cb", 0, 1] (fire Deferred 0 with 1), which on-heddle.js and
// on_twisted.py carry out alike. What departs from Twisted on purpose (docs/twisted.md) is kept out, with a comment.

/** mulberry32 */
function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Source {
  constructor(seed) {
    this.next = random(seed);
    this.ids = 0;
  }
  int(n) {
    return Math.floor(this.next() * n);
  }
  chance(p) {
    return this.next() < p;
  }
  of(...options) {
    return options[this.int(options.length)];
  }
  /** One of `{ key: weight }`. */
  weighted(weights) {
    let left = this.next() * Object.values(weights).reduce((a, b) => a + b);
    for (const [key, weight] of Object.entries(weights)) if ((left -= weight) < 0) return key;
  }
  list(n, make) {
    return Array.from({ length: n }, make);
  }
  shuffled(items) {
    return items
      .map((item) => [this.next(), item])
      .sort((a, b) => a[0] - b[0])
      .map(([, item]) => item);
  }
  id(prefix = 'f') {
    return `${prefix}${++this.ids}`;
  }
  error() {
    return `E${++this.ids}`;
  }
  /** A function: what it does (made by `stmt`) and what comes out. */
  fn(stmt, deferreds, depth, outcomes) {
    const does = depth < 2 && this.chance(0.35) ? this.list(1 + this.int(2), () => stmt(depth + 1)) : [];
    return { id: this.id(), do: does, out: this.outcome(deferreds, outcomes) };
  }
  outcome(
    deferreds,
    weights = { same: 3, val: 3, raise: 2, failure: 1, throw: 0.5, trap: 1, d: deferreds > 0 ? 4 : 0, none: 1 },
  ) {
    const kind = this.weighted(weights);
    if (kind === 'val' || kind === 'trap') return [kind, ++this.ids];
    if (['raise', 'failure', 'throw'].includes(kind)) return [kind, this.error()];
    return kind === 'd' ? [kind, this.int(deferreds)] : [kind];
  }
}

const onDeferreds = {
  cb: 6,
  eb: 3,
  callback_failure: 0.5,
  fired: 0.5,
  maybe: 0.7,
  add: 8,
  pause: 2,
  unpause: 3,
  cancel: 3,
  chain: 1,
  timeout: 1,
  advance: 1,
};

/** Statements on `n` Deferreds. */
function deferredStmt(s, n, weights = onDeferreds) {
  const stmt = (depth = 0) => {
    const i = s.int(n);
    const f = () => s.fn(stmt, n, depth);
    switch (s.weighted(weights)) {
      case 'cb':
        return ['cb', i, ++s.ids];
      case 'eb':
        return ['eb', i, s.error()];
      case 'callback_failure':
        return ['callback_failure', i, s.error()];
      case 'fired':
        return s.chance(0.5) ? ['fired', ++s.ids, null] : ['fired', null, s.error()];
      case 'maybe':
        return ['maybe', f()];
      case 'add': {
        const how = s.of('callback', 'callback', 'errback', 'both', 'callbacks');
        return [
          'add',
          how,
          i,
          f(),
          how === 'callbacks' && s.chance(0.8) ? f() : null,
          s.list(s.of(0, 0, 1, 2), () => s.int(9)),
        ];
      }
      case 'pause':
        return ['pause', i];
      case 'unpause':
        return ['unpause', i];
      case 'cancel':
        return ['cancel', i];
      case 'chain':
        return ['chain', i, s.int(n)];
      case 'timeout':
        return ['timeout', i, s.int(5), s.chance(0.4) ? f() : null];
      default:
        return ['advance', s.int(4)];
    }
  };
  return stmt;
}

function makeDeferreds(s, n, stmt, throws = 0.15) {
  return s.list(n, (_, i) => {
    if (!s.chance(0.4)) return ['new'];
    const fires = s.weighted({ cb: 2, eb: 2, none: 4 });
    const fire = fires === 'cb' ? [['cb', i, ++s.ids]] : fires === 'eb' ? [['eb', i, s.error()]] : [];
    const extra = s.chance(0.3) ? [stmt(1)].filter(([op, at]) => op !== 'cancel' || at !== i) : [];
    return ['new', { id: s.id('c'), do: [...extra, ...fire], out: s.chance(throws) ? ['raise', s.error()] : ['none'] }];
  });
}

function deferred(s) {
  const n = 2 + s.int(4);
  const stmt = deferredStmt(s, n + s.int(2));
  const ends = s.chance(0.6) ? s.list(n + 3, (_, i) => ['end', i]) : [];
  return [...makeDeferreds(s, n, stmt), ...s.list(3 + s.int(12), () => stmt()), ...ends, ['called']];
}

function lists(s) {
  const n = 1 + s.int(5);
  const stmt = deferredStmt(s, n, { cb: 8, eb: 5, add: 2, pause: 0.5, unpause: 0.5, cancel: 2 });
  const make = (m) => {
    const of = s.shuffled([...Array(m).keys()]).slice(0, s.chance(0.05) ? 0 : 1 + s.int(m));
    const kind = s.of('list', 'list', 'gather');
    if (kind === 'gather') return ['gather', of, s.chance(0.7)];
    return ['list', of, s.chance(0.4), s.chance(0.4), s.chance(0.7)];
  };
  const made = makeDeferreds(s, n, stmt);
  const program = [...made, ...s.list(s.int(6), () => stmt()), make(n)];
  let m = n + 1;
  for (let left = 2 + s.int(8); left > 0; left--) {
    switch (s.weighted({ make: 3, cancel: 3, end: 3, other: 11 })) {
      case 'make':
        program.push(make(m++));
        break;
      case 'cancel':
        program.push(['cancel', s.int(m)]);
        break;
      case 'end':
        program.push(['end', n + s.int(m - n)]);
        break;
      default:
        program.push(stmt());
    }
  }
  return [...program, ...s.list(m + 1, (_, i) => ['end', i]).slice(s.chance(0.2) ? n : 0), ['called']];
}

function locks(s) {
  const n = 1 + s.int(3);
  // A stranger's release makes Twisted's run() fail. In a callback, it lets the next one in somewhat later, on purpose.
  const runs = s.chance(0.5);
  const plain = deferredStmt(s, n, { cb: 3, eb: 1, add: 1, cancel: 1 });
  const kinds = s.list(1 + s.int(2), () => s.of('lock', 'sem', 'queue'));
  const bound = () => s.of(null, 0, 1, 2);
  const made = kinds.map((k) => (k === 'queue' ? [k, bound(), bound()] : k === 'sem' ? [k, 1 + s.int(3)] : [k]));
  const stmt = (depth = 0) => {
    const r = s.int(kinds.length);
    if (s.chance(0.25)) return plain(depth);
    if (s.chance(0.15)) return ['cancel', n + s.int(6)];
    if (s.chance(0.08)) return ['add', 'both', n + s.int(5), s.fn(stmt, n, depth), null, []];
    if (kinds[r] === 'queue') return s.of(['put', r, ++s.ids], ['get', r], ['get', r], ['counts', r]);
    switch (
      s.weighted({
        acquire: 3,
        release: runs || depth > 0 ? 0 : 4,
        locked: runs && depth > 0 ? 0 : 2,
        runf: runs ? 4 : 0,
      })
    ) {
      case 'acquire':
        return ['acquire', r];
      case 'release':
        return ['release', r];
      case 'locked':
        return ['locked', r];
      default:
        return ['runf', r, s.fn(stmt, n, depth)];
    }
  };
  // A run that ends at once lets the next one in after its own result is passed on, on purpose.
  const order = runs ? [['unordered']] : [];
  return [
    ...order,
    ...makeDeferreds(s, n, plain),
    ...made,
    ...s.list(4 + s.int(12), () => stmt()),
    ...s.list(n + 10, (_, i) => ['end', i]),
  ];
}

function coroutines(s) {
  const n = 2 + s.int(4);
  let awaited = 0;
  const stmt = deferredStmt(s, n, { cb: 6, eb: 3, add: 2, pause: 0.5, unpause: 0.5, cancel: 3 });
  const nested = s.chance(0.5);
  const steps = (depth) =>
    s.list(1 + s.int(4), () => {
      const guard = s.chance(0.5);
      switch (s.weighted({ d: 8, v: 1, f: 0.5, sub: nested && depth < 2 ? 2 : 0, do: 2, raise: 0.7, ret: 0.7 })) {
        case 'd':
          return { k: 'd', i: awaited++ % n, guard };
        case 'v':
          return { k: 'v', n: ++s.ids, guard };
        case 'f':
          return { k: 'f', e: s.error(), guard };
        case 'sub':
          return { k: 'sub', mode: s.int(3), steps: steps(depth + 1), guard };
        case 'do':
          return { k: 'do', do: [stmt(1)] };
        case 'raise':
          return { k: 'raise', e: s.error() };
        default:
          return { k: 'ret', n: ++s.ids };
      }
    });
  // What a canceller throws goes other ways in Twisted when a coroutine is cancelled.
  // Where a nested one is cancelled, Twisted lets the outer one go on somewhat later.
  const program = [
    ...(nested ? [['unordered']] : []),
    ...(nested ? s.list(n, () => ['new']) : makeDeferreds(s, n, stmt, 0)),
    ...s.list(s.int(4), () => stmt()),
    ['go', s.int(3), steps(0)],
  ];
  let m = n + 1;
  for (let left = 2 + s.int(8); left > 0; left--) {
    if (s.chance(0.1)) {
      program.push(['go', s.int(3), steps(0)]);
      m++;
    } else if (s.chance(0.25)) program.push(['cancel', n + s.int(m - n)]);
    else program.push(stmt());
  }
  return [...program, ...(s.chance(0.7) ? s.list(m, (_, i) => ['end', i]) : [])];
}

function loops(s) {
  const n = s.int(3);
  const plain = deferredStmt(s, n, { cb: 3, eb: 1, cancel: 0.5 });
  // A reset in a call, or while one is under way, departs on purpose; one before the first call counts differently.
  const resets = n === 0;
  const k = 1 + s.int(2);
  // Twisted's withCount() goes wrong when it is started again, and a loop that its own call starts again departs on purpose.
  const counts = s.list(k, () => s.chance(0.4));
  const once = counts.includes(true);
  const start = () => ['lstart', s.int(k), s.of(0, 1, 1, 2, 3, 0.5), s.chance(0.5)];
  const stmt = (depth) => {
    switch (
      s.weighted({
        advance: depth ? 0 : 10,
        lstart: once || depth || n > 0 ? 0 : 1,
        lstop: 1.5,
        lreset: resets && !depth ? 2 : 0,
        lstate: 1,
        d: n > 0 ? 4 : 0,
        pump: depth ? 0 : 1,
      })
    ) {
      case 'advance':
        return ['advance', s.of(0, 0.5, 1, 1, 2, 2.5, 5)];
      case 'pump':
        return ['pump', s.list(3, () => s.of(0, 0.5, 1, 3))];
      case 'lstart':
        return start();
      case 'lstop':
        return ['lstop', s.int(k)];
      case 'lreset':
        return ['lreset', s.int(k)];
      case 'lstate':
        return ['lstate', s.int(k)];
      default:
        return plain(1);
    }
  };
  const made = s.list(k, (_, i) => [
    'loop',
    s.fn((d) => stmt(d), n, 0, { none: 6, raise: 0.3, failure: 0.1, d: n > 0 ? 3 : 0 }),
    counts[i],
  ]);
  return [
    ...s.list(n, () => ['new']),
    ...made,
    ...(once ? s.list(k, (_, i) => ['lstart', i, s.of(1, 1, 2, 3, 0.5), s.chance(0.5)]) : [start()]),
    ...s.list(4 + s.int(12), () => stmt(0)),
  ];
}

function times(s) {
  const n = s.int(3);
  const plain = deferredStmt(s, n, { cb: 3, eb: 1, cancel: 1, add: 1 });
  const at = () => s.of(0, 1, 2, 3, 0.5);
  const stmt = (depth = 0) => {
    switch (
      s.weighted({
        later: 6,
        deferlater: 2,
        ccancel: 1.5,
        creset: 2,
        cdelay: 2,
        calls: 2,
        advance: 4,
        pump: 0.5,
        cancel: 1,
        d: n > 0 ? 2 : 0,
      })
    ) {
      case 'later':
        return ['later', at(), s.fn(stmt, n, depth)];
      case 'deferlater':
        return ['deferlater', at(), s.fn(stmt, n, depth)];
      case 'ccancel':
        return ['ccancel', s.int(8)];
      case 'creset':
        return ['creset', s.int(8), at()];
      case 'cdelay':
        return ['cdelay', s.int(8), s.of(0, 1, 2, -1)];
      case 'calls':
        return ['calls'];
      case 'advance':
        return ['advance', at()];
      case 'pump':
        return ['pump', s.list(3, at)];
      case 'cancel':
        return ['cancel', n + s.int(3)];
      default:
        return plain(1);
    }
  };
  const none = { id: 'f0', do: [], out: ['none'] };
  return [
    ...s.list(n, () => ['new']),
    ['later', 1, none],
    ...s.list(5 + s.int(12), () => stmt()),
    ...s.list(n + 3, (_, i) => ['end', i]),
    ['advance', 9],
  ];
}

function cooperators(s) {
  // Where a task ends, Twisted leaves out the next one of the round: several are compared turn by turn, in any order.
  const several = s.chance(0.4);
  const n = s.int(4);
  let yielded = 0;
  // In Twisted a task that was stopped ends once more when the Deferred that it waited for fails.
  const stopsTasks = s.chance(0.5);
  const plain = deferredStmt(s, n, stopsTasks ? { cb: 1 } : { cb: 3, eb: 1, cancel: 0.5 });
  // Paused and waiting tasks fail when the cooperator is stopped, which departs on purpose.
  const stops = !several && n === 0 && s.chance(0.4);
  const pieces = () =>
    s.list(1 + s.int(4), () => {
      const kind = s.weighted({ plain: 6, d: yielded < n ? 3 : 0, raise: 0.4 });
      const does = !several && s.chance(0.3) ? [stmt(1)] : [];
      // A task that stops itself or its cooperator must go on to a plain yield: Twisted's tick fails otherwise.
      const y =
        kind === 'plain' || ['tstop', 'cstop'].includes(does[0]?.[0])
          ? null
          : kind === 'd'
            ? ['d', yielded++]
            : ['raise', s.error()];
      return { id: s.id('p'), do: does, y };
    });
  const stmt = (depth = 0) => {
    const top = depth === 0;
    switch (
      s.weighted({
        tick: top ? 10 : 0,
        cooperate: top && several ? 2 : 0,
        coiterate: top && several ? 0.5 : 0,
        whendone: 2,
        tpause: stops ? 0 : 2,
        tresume: stops ? 0 : 2,
        tstop: stopsTasks ? 1 : 0,
        cstart: 0.5,
        cstop: stops ? 0.7 : 0,
        d: n > 0 ? 3 : 0,
      })
    ) {
      case 'tick':
        return ['tick'];
      case 'cooperate':
        return ['cooperate', pieces()];
      case 'coiterate':
        return ['coiterate', pieces()];
      case 'whendone':
        return ['whendone', s.int(5)];
      case 'tpause':
        return ['tpause', s.int(5)];
      case 'tresume':
        return ['tresume', s.int(5)];
      case 'tstop':
        return ['tstop', s.int(5)];
      case 'cstart':
        return ['cstart'];
      case 'cstop':
        return ['cstop'];
      default:
        return plain(1);
    }
  };
  const first = s.list(several ? 1 + s.int(3) : 1, () => ['cooperate', pieces()]);
  return [
    ...s.list(n, () => ['new']),
    ['coop', several ? 1000 : 1 + s.int(4), s.chance(0.85)],
    ...(several ? [['unordered']] : []),
    ...first,
    ...s.list(5 + s.int(14), () => stmt()),
    ...s.list(n + 8, (_, i) => ['end', i]),
  ];
}

function events(s) {
  const n = s.int(4);
  const plain = deferredStmt(s, n, { cb: 4, eb: 2, cancel: 1 });
  const phase = () => s.of('before', 'before', 'during', 'after');
  // A trigger before the event that is added while it is waited for departs on purpose.
  let waits = false;
  const stmt = (depth = 0) => {
    switch (s.weighted({ trigger: 3, untrigger: 1, fire: depth ? 0 : 2, d: n > 0 ? 4 : 0 })) {
      case 'trigger':
        return trigger(depth || waits ? s.of('during', 'after') : phase(), depth);
      case 'untrigger':
        return ['untrigger', s.int(6)];
      case 'fire':
        waits = true;
        return ['fire'];
      default:
        return n > 0 ? plain(1) : ['called'];
    }
  };
  const trigger = (phase, depth) => ['trigger', phase, s.fn(stmt, n, depth, { none: 4, raise: 2, d: n > 0 ? 4 : 0 })];
  const first = s.list(2 + s.int(4), () => trigger(phase(), 0));
  return [...makeDeferreds(s, n, plain), ...first, ...s.list(3 + s.int(8), () => stmt())];
}

const generators = { deferred, lists, locks, coroutines, loops, times, cooperators, events };

export const areas = Object.keys(generators);

export const programOf = (area, seed) => generators[area](new Source(seed * 7919 + area.length));
