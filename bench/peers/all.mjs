/** The peers by name, with the package where it is not Node itself. A process loads only the one it measures. */
export const peers = {
  Heddle: { package: 'heddle', load: () => import('./heddle.mjs') },
  piscina: { package: 'piscina', load: () => import('./piscina.mjs') },
  tinypool: { package: 'tinypool', load: () => import('./tinypool.mjs') },
  workerpool: { package: 'workerpool', load: () => import('./workerpool.mjs') },
  poolifier: { package: 'poolifier', load: () => import('./poolifier.mjs') },
  'threads.js': { package: 'threads', load: () => import('./threads-js.mjs') },
  MessagePort: { package: undefined, load: () => import('./message-port.mjs') },
};
