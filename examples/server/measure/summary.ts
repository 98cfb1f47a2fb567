import type { PhaseReport } from '../client/messages.ts';
import type { LoopDelay } from './loop-delay.ts';
import { percentile } from './percentile.ts';

/** What one mode came to. Durations are milliseconds. */
export interface ModeSummary {
  readonly ping: LatencySummary & { readonly max: number; readonly pings: number };
  readonly workPerSecond: number;
  readonly loopDelay: LoopDelay;
  readonly routes: Readonly<Record<string, RouteSummary>>;
}

interface LatencySummary {
  readonly p50: number;
  readonly p99: number;
}

export interface RouteSummary extends LatencySummary {
  readonly calls: number;
  readonly callsPerSecond: number;
  readonly threadIds: readonly number[];
}

export function summarize(report: PhaseReport, loopDelay: LoopDelay): ModeSummary {
  const seconds = report.milliseconds / 1000;
  const routes = Object.entries(report.routes).map(([path, route]): [string, RouteSummary] => [
    path,
    {
      ...latencies(route.latencies),
      calls: route.latencies.length,
      callsPerSecond: round(route.latencies.length / seconds),
      threadIds: route.threadIds,
    },
  ]);
  return {
    ping: {
      ...latencies(report.pings),
      max: round(percentile(report.pings, 100)),
      pings: report.pings.length,
    },
    workPerSecond: round(routes.reduce((sum, [, route]) => sum + route.calls, 0) / seconds),
    loopDelay: { p50: round(loopDelay.p50), p99: round(loopDelay.p99), max: round(loopDelay.max) },
    routes: Object.fromEntries(routes),
  };
}

/** How many times the 99th percentile of `/ping` is lower when the work is deferred. */
export function pingRatio(inline: ModeSummary, deferred: ModeSummary): number {
  return inline.ping.p99 / deferred.ping.p99;
}

function latencies(values: readonly number[]): LatencySummary {
  return { p50: round(percentile(values, 50)), p99: round(percentile(values, 99)) };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
