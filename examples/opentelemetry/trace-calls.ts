import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { metrics, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import type { JobEvent, JobSettledEvent } from 'heddle';

/**
 * Makes a span of each deferred call, below the one that is active where the call is made, and a histogram of how long
 * calls run. It only listens to what Heddle tells on `node:diagnostics_channel`.
 *
 * @returns ends it
 */
export function traceCalls(): () => void {
  const tracer = trace.getTracer('heddle');
  const runTimes = metrics.getMeter('heddle').createHistogram('heddle.call.run_time', { unit: 'ms' });
  const spans = new Map<number, Span>();

  const listeners = {
    'heddle:job:queued'({ id, functionName, pool }: JobEvent): void {
      const attributes = { 'heddle.pool': pool, 'code.function.name': functionName };
      spans.set(id, tracer.startSpan(`deferToThread ${functionName}`, { attributes }));
    },
    'heddle:job:started'({ id }: JobEvent): void {
      spans.get(id)?.addEvent('a thread has got the call');
    },
    'heddle:job:settled'({ id, functionName, pool, outcome, error, waitTime, runTime }: JobSettledEvent): void {
      const span = spans.get(id);
      spans.delete(id);
      span?.setAttribute('heddle.outcome', outcome);
      if (runTime !== undefined) {
        span?.setAttributes({ 'heddle.wait_ms': waitTime ?? 0, 'heddle.run_ms': runTime });
        runTimes.record(runTime, { 'heddle.pool': pool, 'code.function.name': functionName });
      }
      if (outcome !== 'completed') {
        span?.setStatus({
          code: SpanStatusCode.ERROR,
          message: error instanceof Error ? error.message : String(error),
        });
      }
      span?.end();
    },
  };
  const entries = Object.entries(listeners) as [string, (message: unknown) => void][];
  for (const [name, listener] of entries) subscribe(name, listener);
  return () => {
    for (const [name, listener] of entries) unsubscribe(name, listener);
  };
}
