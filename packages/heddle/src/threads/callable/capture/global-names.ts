import { runInNewContext } from 'node:vm';
import { compileOwn } from '../scripts/script-count.ts';

// What Node adds to the language's own globals. Everything else on the global object was put there by the program.
const NODE: readonly string[] = (
  'global process Buffer URL URLSearchParams URLPattern TextEncoder TextDecoder TextEncoderStream TextDecoderStream ' +
  'AbortController AbortSignal Event EventTarget CustomEvent MessageChannel MessagePort MessageEvent ' +
  'BroadcastChannel Blob File fetch FormData Headers Request Response WebSocket EventSource CloseEvent ErrorEvent ' +
  'structuredClone atob btoa console queueMicrotask performance navigator Navigator crypto Crypto CryptoKey ' +
  'SubtleCrypto DOMException QuotaExceededError Storage localStorage sessionStorage WebAssembly Performance ' +
  'PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver PerformanceObserverEntryList ' +
  'PerformanceResourceTiming ReadableStream ReadableStreamDefaultReader ReadableStreamBYOBReader ' +
  'ReadableStreamBYOBRequest ReadableByteStreamController ReadableStreamDefaultController TransformStream ' +
  'TransformStreamDefaultController WritableStream WritableStreamDefaultController WritableStreamDefaultWriter ' +
  'ByteLengthQueuingStrategy CountQueuingStrategy CompressionStream DecompressionStream ' +
  'setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate'
).split(' ');

function namesOfLanguage(): string[] {
  return runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[];
}

let language: readonly string[] | undefined;
let names: ReadonlySet<string> | undefined;

/** The names of the globals that the language itself has. */
export function languageGlobals(): readonly string[] {
  language ??= compileOwn(namesOfLanguage);
  return language;
}

/** Whether every thread has a global of this name by itself. */
export function isOwnGlobal(name: string): boolean {
  names ??= new Set([...languageGlobals(), ...NODE]);
  return names.has(name);
}
