import { types } from 'node:util';

/** Node's own classes that structured clone takes. Their modules are looked at only when such a value turns up. */
export function isPlatformObject(value: object): boolean {
  if (types.isCryptoKey(value) || types.isKeyObject(value) || value instanceof Blob) return true;
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  const { BlockList, SocketAddress } = process.getBuiltinModule('node:net');
  return (
    value instanceof X509Certificate ||
    value instanceof BlockList ||
    value instanceof SocketAddress ||
    isWebAssemblyModule(value) ||
    types.isSharedArrayBuffer(memoryOf(value)) ||
    isHistogram(value)
  );
}

/** The memory behind a WebAssembly.Memory; undefined where the value is none. */
export function memoryOf(value: object): unknown {
  try {
    const { Memory } = Reflect.get(globalThis, 'WebAssembly') as { Memory: { prototype: object } };
    return Reflect.get(Memory.prototype, 'buffer', value);
  } catch {
    return undefined;
  }
}

// The name in its tag anything can have, and a getter may give it.
function isWebAssemblyModule(value: object): boolean {
  try {
    const { Module } = Reflect.get(globalThis, 'WebAssembly') as { Module: { imports(module: object): unknown } };
    Module.imports(value);
    return true;
  } catch {
    return false;
  }
}

let histogramPrototype: object | undefined;

/** What `createHistogram` and `monitorEventLoopDelay` give: no module exports the class that both extend. */
function isHistogram(value: object): boolean {
  if (histogramPrototype === undefined) {
    const { createHistogram } = process.getBuiltinModule('node:perf_hooks');
    const recordable = Object.getPrototypeOf(createHistogram()) as object;
    const parent = Object.getPrototypeOf(recordable) as object;
    histogramPrototype = parent === Object.prototype ? recordable : parent;
  }
  return Object.prototype.isPrototypeOf.call(histogramPrototype, value);
}
