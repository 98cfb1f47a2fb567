import { isThere, registrationOf } from '../dashboard/registration.ts';
import { TopError } from './top-error.ts';

/** Where a dashboard is, and what opens it. */
export interface Target {
  readonly url: string;
  readonly token: string | undefined;
  /** The process that is meant, where it is one. */
  readonly pid?: number;
}

/** What the token is called in the environment. */
export const TOKEN_VARIABLE = 'HEDDLE_DASHBOARD_TOKEN';

/**
 * Finds the dashboard that is meant.
 *
 * @param target its URL, with or without `#token=…`, or the number of a process of this user that serves one
 * @param token goes before what the target itself brings
 * @throws TopError when it is neither, or the process serves no dashboard
 */
export function findTarget(target: string, token: string | undefined): Target {
  if (/^\d+$/.test(target)) return ofProcess(Number(target), token);
  if (!URL.canParse(target) || !/^https?:$/.test(new URL(target).protocol)) {
    throw new TopError(
      'HEDDLE_TOP_TARGET',
      `${JSON.stringify(target)} is neither the URL of a dashboard, such as http://127.0.0.1:9393/, nor the number of a process.`,
    );
  }
  const url = new URL(target);
  const own = new URLSearchParams(url.hash.slice(1)).get('token') ?? undefined;
  url.hash = '';
  return { url: url.href, token: token ?? own };
}

function ofProcess(pid: number, token: string | undefined): Target {
  if (!isThere(pid)) throw new TopError('HEDDLE_TOP_NO_DASHBOARD', `There is no process ${pid}.`);
  const registration = registrationOf(pid);
  if (registration === undefined) throw withoutDashboard(pid);
  return { url: registration.url, token: token ?? registration.token, pid };
}

export function withoutDashboard(pid: number): TopError {
  return new TopError(
    'HEDDLE_TOP_NO_DASHBOARD',
    `The process ${pid} serves no dashboard that this user may look at. To have one, it calls serveDashboard(reactor) of @heddle/doctor; one of another machine or user is shown by its URL. What blocks it, heddle-doctor --attach ${pid} finds without one.`,
  );
}
