// Spans and histograms of calls to threads, kept in memory and printed. A program of yours has exporters of its own.
import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import bcrypt from 'bcryptjs';
import { deferToThread } from 'heddle';
import { traceJobs } from './trace-jobs.ts';

const spans = new InMemorySpanExporter();
const measurements = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: measurements })] });
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));
metrics.setGlobalMeterProvider(meterProvider);

const tracer = trace.getTracer('example');
const stopTracing = traceJobs(trace.getTracer('heddle'), metrics.getMeter('heddle'));

/** Runs `work` in a span of its own, as instrumented frameworks do with a request. */
function request(name: string, work: () => Promise<unknown>): Promise<void> {
  return tracer.startActiveSpan(name, async (span) => {
    await work().catch((error) => span.recordException(error));
    span.end();
  });
}

await Promise.all([
  request('POST /passwords', async () => {
    await deferToThread(bcrypt.hashSync, 'a password', 10);
    // The request's span is still the active one.
    tracer.startSpan('INSERT').end();
  }),
  request('POST /orders', () => deferToThread(JSON.parse, '{"not": JSON').toPromise()),
  request('GET /slow', () => {
    const call = deferToThread(bcrypt.hashSync, 'a password', 20);
    call.cancel();
    return call.toPromise();
  }),
]);
stopTracing();
await meterProvider.forceFlush();

const finished = spans.getFinishedSpans();
const names = new Map(finished.map((span) => [span.spanContext().spanId, span.name]));
for (const { name, parentSpanContext, status, attributes } of finished) {
  const parent = names.get(parentSpanContext?.spanId ?? '');
  console.log('span', JSON.stringify({ name, parent, error: status.message, ...attributes }));
}
for (const { descriptor, dataPoints } of measurements
  .getMetrics()
  .flatMap(({ scopeMetrics }) => scopeMetrics[0]?.metrics ?? [])) {
  for (const { attributes, value } of dataPoints) {
    console.log('histogram', JSON.stringify({ name: descriptor.name, ...attributes, value }));
  }
}
await meterProvider.shutdown();
