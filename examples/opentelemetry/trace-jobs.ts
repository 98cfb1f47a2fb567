import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { type Meter, type Span, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { JobEvent, JobSettledEvent } from 'heddle';

/**
 * Makes a span of each call to a thread, a child of the span that was active where it was deferred, and histograms of how
 * long calls waited and ran. It only listens: the code that defers knows nothing of it.
 *
 * @returns ends the listening, and the spans of calls that are still under way
 */
export function traceJobs(tracer: Tracer, meter: Meter): () => void {
  const boundaries = { explicitBucketBoundaries: [0.0001, 0.001, 0.01, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] };
  const waited = meter.createHistogram('heddle.job.wait.duration', { unit: 's', advice: boundaries });
  const ran = meter.createHistogram('heddle.job.run.duration', { unit: 's', advice: boundaries });
  const spans = new Map<number, Span>();

  // Told in the turn and the context of the caller, so that the tracer finds the parent by itself.
  function queued(message: unknown): void {
    const { id, pool, functionName } = message as JobEvent;
    const attributes = { 'heddle.pool': pool, 'code.function.name': functionName };
    spans.set(id, tracer.startSpan(`deferToThread ${functionName}`, { attributes }));
  }

  function started(message: unknown): void {
    spans.get((message as JobEvent).id)?.addEvent('started');
  }

  function settled(message: unknown): void {
    const { id, pool, functionName, outcome, error, waitTime, runTime } = message as JobSettledEvent;
    const labels = { 'heddle.pool': pool, 'code.function.name': functionName, 'heddle.outcome': outcome };
    // A call that was given up before its thread answered has no times.
    if (waitTime !== undefined) waited.record(waitTime / 1000, labels);
    if (runTime !== undefined) ran.record(runTime / 1000, labels);

    // Calls that were deferred before anybody listened have no span.
    const span = spans.get(id);
    if (span === undefined) return;
    spans.delete(id);
    span.setAttribute('heddle.outcome', outcome);
    if (waitTime !== undefined) span.setAttribute('heddle.wait_ms', waitTime);
    if (runTime !== undefined) span.setAttribute('heddle.run_ms', runTime);
    if (outcome === 'failed') {
      // Anything may be thrown, also what has no text.
      const exception = error instanceof Error ? error : inspect(error);
      span.recordException(exception);
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(exception) });
    }
    span.end();
  }

  const listeners = { queued, started, settled };
  for (const [event, listener] of Object.entries(listeners)) subscribe(`heddle:job:${event}`, listener);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) unsubscribe(`heddle:job:${event}`, listener);
    for (const span of spans.values()) span.end();
    spans.clear();
  };
}
