import type { ReportError } from 'heddle/reactor';

/** What a reactor has reported, as `origin: message`. */
export function reportsOf(reactor: { onError: ReportError }): string[] {
  const reports: string[] = [];
  reactor.onError = (error, origin) => {
    reports.push(`${origin}: ${error instanceof Error ? error.message : String(error)}`);
  };
  return reports;
}
