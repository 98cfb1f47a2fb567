import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Why a request is not answered. */
export interface Refusal {
  readonly status: 401 | 403 | 421;
  readonly code: string;
  readonly message: string;
}

/** Who may look and who may cancel. */
export interface AccessRules {
  readonly token: string;
  /** Whether also reading needs the token. */
  readonly isPrivate: boolean;
  /**
   * The names under which a request may ask for this server, without port; `undefined` for any. Another name on an
   * address that needs no token is another site's, which it has pointed here to read what the browser then takes for its own.
   */
  readonly hostNames: ReadonlySet<string> | undefined;
  /** The names under which proxies make it known, whatever name they then ask for here. */
  readonly proxies: readonly string[];
}

/**
 * Decides on requests by their headers.
 *
 * The token travels in the Authorization header only, which no browser adds by itself: what another site lets a browser
 * send has none, so there is nothing to forge.
 */
export class Access {
  readonly #digest: Buffer;
  readonly #isPrivate: boolean;
  readonly #hostNames: ReadonlySet<string> | undefined;
  readonly #proxies: readonly string[];

  constructor({ token, isPrivate, hostNames, proxies }: AccessRules) {
    this.#proxies = proxies;
    this.#digest = digestOf(token);
    this.#isPrivate = isPrivate;
    this.#hostNames = hostNames;
  }

  /** Whether the request may have anything at all, the page without data included. */
  refuseStranger(headers: IncomingHttpHeaders): Refusal | undefined {
    const { host = '' } = headers;
    if (this.#hostNames === undefined || this.#hostNames.has(nameOf(host))) return undefined;
    return {
      status: 421,
      code: 'HEDDLE_DASHBOARD_HOST',
      message: 'The dashboard is not known under this name. Its option hosts adds the names that a proxy gives it.',
    };
  }

  refuseReading(headers: IncomingHttpHeaders): Refusal | undefined {
    return this.#refuseForeign(headers) ?? (this.#isPrivate ? this.#refuseWithoutToken(headers) : undefined);
  }

  refuseWriting(headers: IncomingHttpHeaders): Refusal | undefined {
    return this.#refuseForeign(headers) ?? this.#refuseWithoutToken(headers);
  }

  /** Whether the request has the token. */
  isTrusted({ authorization = '' }: IncomingHttpHeaders): boolean {
    const [scheme = '', given = ''] = authorization.split(' ');
    // Digests have one length, so that the comparison tells nothing of the token's.
    return scheme.toLowerCase() === 'bearer' && timingSafeEqual(digestOf(given), this.#digest);
  }

  /** A browser tells from which site a request comes. Others cannot read the answer; they shall not take places either. */
  #refuseForeign(headers: IncomingHttpHeaders): Refusal | undefined {
    const { origin, host = '' } = headers;
    const site = headers['sec-fetch-site'];
    const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
    if (isOwnSite && (origin === undefined || this.#isOwn(origin, host))) return undefined;
    return { status: 403, code: 'HEDDLE_DASHBOARD_ORIGIN', message: 'The dashboard answers its own page only.' };
  }

  #isOwn(origin: string, host: string): boolean {
    if (!URL.canParse(origin)) return false;
    const url = new URL(origin);
    return url.host === host.toLowerCase() || this.#proxies.includes(url.hostname);
  }

  #refuseWithoutToken(headers: IncomingHttpHeaders): Refusal | undefined {
    if (this.isTrusted(headers)) return undefined;
    return {
      status: 401,
      code: 'HEDDLE_DASHBOARD_TOKEN',
      message: 'This needs the token of the dashboard, as "Authorization: Bearer TOKEN".',
    };
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The name in a Host header, without the port. */
function nameOf(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}
