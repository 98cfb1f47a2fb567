import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { TracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import bcrypt from 'bcryptjs';
import { deferToThread } from 'heddle';
import { traceCalls } from './trace-calls.ts';

// What a program with OpenTelemetry has anyway; a real one sends its spans and metrics somewhere.
const spans = new InMemorySpanExporter();
const measurements = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter: measurements });
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }));
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));

const stop = traceCalls();

await trace.getTracer('example').startActiveSpan('sign up', async (span) => {
  await deferToThread(bcrypt.hashSync, 'a password', 4);
  await deferToThread(JSON.parse, '{').catch(() => {});
  span.end();
});

stop();
await reader.forceFlush();

const finished = spans.getFinishedSpans();
const nameOf = (spanId: string | undefined): string | undefined =>
  finished.find((span) => span.spanContext().spanId === spanId)?.name;
for (const { name, parentSpanContext, attributes, status } of finished) {
  console.log(JSON.stringify({ name, parent: nameOf(parentSpanContext?.spanId), status: status.message, attributes }));
}
for (const { descriptor, dataPoints } of measurements
  .getMetrics()
  .flatMap(({ scopeMetrics }) => scopeMetrics)
  .flatMap(({ metrics: all }) => all)) {
  console.log(
    JSON.stringify({
      metric: descriptor.name,
      functions: dataPoints.map((point) => point.attributes['code.function.name']),
    }),
  );
}
