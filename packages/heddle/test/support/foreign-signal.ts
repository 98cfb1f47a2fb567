/** An AbortController of another make than Node's, as jsdom and polyfills bring one. */
export class ForeignController {
  readonly signal: AbortSignal = new ForeignSignal() as EventTarget as AbortSignal;

  abort(reason: unknown): void {
    Object.assign(this.signal, { aborted: true, reason });
    this.signal.dispatchEvent(new Event('abort'));
  }
}

class ForeignSignal extends EventTarget {
  readonly aborted = false;
}
