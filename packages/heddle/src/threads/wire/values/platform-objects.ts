import { types } from 'node:util';

/** Node's own classes that structured clone takes. Their modules are looked at only when such a value turns up. */
export function isPlatformObject(value: object): boolean {
  if ((hasTag(value, 'CryptoKey') && types.isCryptoKey(value)) || value instanceof Blob) return true;
  const { KeyObject, X509Certificate } = process.getBuiltinModule('node:crypto');
  const { BlockList, SocketAddress } = process.getBuiltinModule('node:net');
  return (
    (value instanceof KeyObject && types.isKeyObject(value)) ||
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
  if (!hasTag(value, 'WebAssembly.Memory')) return undefined;
  try {
    const { Memory } = Reflect.get(globalThis, 'WebAssembly') as { Memory: { prototype: object } };
    return Reflect.get(Memory.prototype, 'buffer', value);
  } catch {
    return undefined;
  }
}

/**
 * Whether an object has a class whose instances have this name. Anything can have it, so that what has is looked at again;
 * but that look throws at all others inside, which takes many times as long.
 */
function hasTag(value: object, name: string): boolean {
  for (
    let link: object | null = value;
    link !== null && !types.isProxy(link);
    link = Object.getPrototypeOf(link) as object | null
  ) {
    if (Object.getOwnPropertyDescriptor(link, Symbol.toStringTag)?.value === name) return true;
  }
  return false;
}

function isWebAssemblyModule(value: object): boolean {
  if (!hasTag(value, 'WebAssembly.Module')) return false;
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
