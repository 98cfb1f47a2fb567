/** After so much copying, it is looked how long that took. */
const MEASURED_BYTES = 64 * 1024 * 1024;
/** In less time, much of it is spent with getting pages from the system that have just been given back. */
const SHORT_MS = 100;
/** The largest block that glibc learns from (its limit is 32 MiB, its own bookkeeping included). */
const LARGEST_BLOCK = 32 * 1024 * 1024 - 64 * 1024;

/** What ArrayBuffers have from Node 22 on. */
interface MaybeTransferable extends ArrayBuffer {
  readonly transfer?: (byteLength: number) => ArrayBuffer;
}

let copied = 0;
let since = 0;
let isDone = process.platform !== 'linux';

/**
 * Is told of each copy. Where they follow one another fast, it has glibc keep more of the memory that is freed.
 *
 * Copies are freed in another thread than they are made in, many at a time, whenever V8 collects. What lies free at the
 * end of its heaps glibc gives back to the system, but for twice the largest block that was ever freed (mallopt(3),
 * M_TRIM_THRESHOLD); and each page that is then got again costs a fault, which together may take half as long as all
 * else. A program that has set one of these limits keeps what it has set.
 */
export function countCopied(bytes: number): void {
  if (isDone) return;
  copied += bytes;
  if (copied < MEASURED_BYTES) return;
  // Under fake timers it stands still, which does no harm.
  const time = performance.now();
  const isFast = time - since < SHORT_MS;
  copied = 0;
  since = time;
  if (!isFast) return;
  isDone = true;
  try {
    // Nobody writes to it, so it takes no memory. Without `transfer` it is freed when V8 collects.
    (Buffer.allocUnsafeSlow(LARGEST_BLOCK).buffer as MaybeTransferable).transfer?.(0);
  } catch {
    // As where the program's addresses are limited: there is nothing to keep.
  }
}
