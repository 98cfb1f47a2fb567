import type { PhaseReport, RouteReport } from '../client/messages.ts';
import { type ModeSummary, pingRatio } from './summary.ts';

/** The smallest ratio of the `/ping` p99s with which the demonstration counts as shown. */
const LEAST_RATIO = 10;

/** A sentence for everything that is not as it must be; none when all is well. */
export function faults(
  reports: { readonly inline: readonly PhaseReport[]; readonly deferred: readonly PhaseReport[] },
  summaries: { readonly inline: ModeSummary; readonly deferred: ModeSummary },
): string[] {
  const found: string[] = [];
  for (const path of Object.keys(summaries.inline.routes)) {
    const inline = distinct(reports.inline, path, (route) => route.digests);
    const deferred = distinct(reports.deferred, path, (route) => route.digests);
    const threads = distinct(reports.deferred, path, (route) => route.threadIds);
    if (inline.length === 0 || deferred.length === 0) {
      found.push(`${path} was not answered in both modes; give the phases more time (HEDDLE_DEMO_SECONDS).`);
      continue;
    }
    if (inline.length !== 1 || deferred.length !== 1 || inline[0] !== deferred[0]) {
      found.push(`${path} gave ${inline.length} distinct answers inline and ${deferred.length} deferred, not one.`);
    }
    if (threads.length === 0) found.push(`${path} named no thread for its deferred answers.`);
    if (threads.includes(0)) found.push(`${path} was answered by thread 0, the event loop's own, although deferred.`);
  }
  const ratio = pingRatio(summaries.inline, summaries.deferred);
  if (!(ratio >= LEAST_RATIO)) {
    found.push(`The p99 of /ping is ${ratio.toFixed(1)} times lower with deferred work, less than ${LEAST_RATIO}.`);
  }
  return found;
}

function distinct<T>(reports: readonly PhaseReport[], path: string, of: (route: RouteReport) => readonly T[]): T[] {
  return [...new Set(reports.flatMap(({ routes }) => (routes[path] === undefined ? [] : of(routes[path]))))];
}
