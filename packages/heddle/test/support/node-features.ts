/**
 * What some of the supported Node versions lack, with the version it appeared in. Tests of such a feature are skipped
 * on older versions by `notInThisNode`; nothing else may be skipped because of Node's version.
 */
export const nodeFeatures = {
  'module.enableCompileCache': '22.1.0',
  'node:sqlite': '22.13.0',
  'process.threadCpuUsage': '22.15.0',
  WebSocket: '22.0.0',
  'refusing to move WebAssembly memory': '22.0.0',
  'script ids of call sites': '22.14.0',
  'running TypeScript without a flag': '22.18.0',
  'using declarations': '24.0.0',
  DisposableStack: '24.0.0',
  SuppressedError: '24.0.0',
} as const;

export type NodeFeature = keyof typeof nodeFeatures;
