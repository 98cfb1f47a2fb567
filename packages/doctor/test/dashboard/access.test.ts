import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { serveDashboard } from '@heddle/doctor';
import { MemoryReactor } from 'heddle/testing';
import { HANGS_MS } from '../support/hangs.ts';
import { ask, dashboardFor, Viewer, withToken } from './viewer.ts';

const limit = { timeout: HANGS_MS };
const paths = ['/', '/page.js', '/page.css', '/uplot.css', '/icon.svg'];

/** The status of an answer that begins, and does not end. */
async function statusOfEvents(url: string, headers: Record<string, string>): Promise<number> {
  const end = new AbortController();
  const { status } = await fetch(new URL('api/events', url), { headers, signal: end.signal });
  end.abort();
  return status;
}

describe('who may look at a dashboard, and who may cancel', { concurrency: true, ...limit }, () => {
  test('the page comes from this package alone, and may load nothing else', async (t) => {
    const dashboard = await dashboardFor(t);
    for (const path of paths) {
      const { status, headers, body } = await ask(dashboard, path);
      assert.equal(status, 200, path);
      assert.match(String(headers['content-security-policy']), /default-src 'none'; script-src 'self';/);
      assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'$/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
      const addresses = [...body.matchAll(/https?:\/\/[^\s"'`)]+/g)].map(([address]) => address);
      assert.deepEqual(
        addresses.filter((address) => !address.startsWith('http://www.w3.org/')),
        [],
        path,
      );
    }
    assert.equal((await ask(dashboard, '/../package.json')).status, 404);
    assert.equal((await ask(dashboard, '/constructor')).status, 404);
    assert.equal((await ask(dashboard, '/', { method: 'POST' })).status, 405);
    assert.equal((await ask(dashboard, '/', { method: 'HEAD' })).body, '');
    assert.equal((await ask(dashboard, '/api/cancel')).status, 405);
    assert.equal((await ask(dashboard, '/api/events', { method: 'HEAD' })).status, 405);
  });

  test("on this machine's own address everybody may read, and nobody cancel without the token", async (t) => {
    const dashboard = await dashboardFor(t);
    assert.equal(await statusOfEvents(dashboard.url, {}), 200);
    const body = '{"id":1}';
    for (const authorization of [undefined, 'Bearer ', 'Bearer wrong', `Basic ${dashboard.token}`, dashboard.token]) {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      const answer = await ask(dashboard, '/api/cancel', { method: 'POST', headers, body });
      assert.equal(answer.status, 401, authorization);
    }
    const answer = await ask(dashboard, '/api/cancel', { method: 'POST', ...withToken(dashboard.token), body });
    assert.equal(answer.status, 404);
  });

  test('a token that was given is needed for reading, too', async (t) => {
    const token = 'as-long-as-it-has-to-be';
    const dashboard = await dashboardFor(t, { token });
    assert.equal(await statusOfEvents(dashboard.url, {}), 401);
    const viewer = await Viewer.open(t, dashboard, token);
    assert.equal((await viewer.next<{ mayCancel: boolean }>('hello')).mayCancel, true);
  });

  test('on another address reading needs the token, which is printed once', async (t) => {
    const write = mock.method(process.stderr, 'write', () => true);
    t.after(() => write.mock.restore());
    const dashboard = await dashboardFor(t, { host: '0.0.0.0' });
    const printed = write.mock.calls.map(({ arguments: [text] }) => String(text));
    write.mock.restore();
    assert.deepEqual(
      printed.filter((text) => text.includes(dashboard.token)),
      [`The dashboard, with its token: ${dashboard.loginUrl}\n`],
    );
    const url = `http://127.0.0.1:${new URL(dashboard.url).port}/`;
    assert.equal(await statusOfEvents(url, {}), 401);
    assert.equal(await statusOfEvents(url, { authorization: `Bearer ${dashboard.token}` }), 200);
    assert.equal((await ask({ url }, '/')).status, 200);
  });

  test('behind a proxy reading needs the token, and the name of the proxy is taken', async (t) => {
    const dashboard = await dashboardFor(t, { hosts: ['Ops.Example.org'] });
    assert.equal(await statusOfEvents(dashboard.url, {}), 401);
    assert.equal((await ask(dashboard, '/', { headers: { host: 'ops.example.org' } })).status, 200);
    assert.equal((await ask(dashboard, '/', { headers: { host: 'other.example.org' } })).status, 421);
    // Some proxies ask for it by its own name.
    const cancel = (origin: string) => {
      const headers = { origin, authorization: `Bearer ${dashboard.token}` };
      return ask(dashboard, '/api/cancel', { method: 'POST', headers, body: '{"id":1}' });
    };
    assert.equal((await cancel('https://ops.example.org')).status, 404);
    assert.equal((await cancel('https://other.example.org')).status, 403);
  });

  test('under a name that another site has pointed here there is nothing', async (t) => {
    const dashboard = await dashboardFor(t);
    const { port } = new URL(dashboard.url);
    for (const path of [...paths, '/api/events', '/api/cancel']) {
      for (const host of [`evil.example:${port}`, 'evil.example', `127.0.0.1.evil.example:${port}`]) {
        const headers = { host, authorization: `Bearer ${dashboard.token}` };
        assert.equal((await ask(dashboard, path, { headers })).status, 421, `${host}${path}`);
      }
    }
    for (const host of [`localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
      assert.equal((await ask(dashboard, '/', { headers: { host } })).status, 200, host);
    }
  });

  test('pages of other sites get no data and cancel nothing, even with the token', async (t) => {
    const dashboard = await dashboardFor(t);
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:1' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) {
      const all = { ...headers, authorization: `Bearer ${dashboard.token}` };
      const events = await ask(dashboard, '/api/events', { headers: all });
      const cancel = await ask(dashboard, '/api/cancel', { method: 'POST', headers: all, body: '{"id":1}' });
      assert.deepEqual([events.status, cancel.status], [403, 403], JSON.stringify(headers));
      assert.equal(events.headers['access-control-allow-origin'], undefined);
    }
    const preflight = await ask(dashboard, '/api/cancel', { method: 'OPTIONS' });
    assert.equal(preflight.headers['access-control-allow-origin'], undefined);
  });

  test('pages that may show it in a frame are named', async (t) => {
    const dashboard = await dashboardFor(t, { frameAncestors: ['http://127.0.0.1:3000'] });
    const { headers } = await ask(dashboard, '/');
    assert.match(String(headers['content-security-policy']), /frame-ancestors http:\/\/127\.0\.0\.1:3000$/);
  });

  test('no more than 20 may look at a time', async (t) => {
    const dashboard = await dashboardFor(t, { pools: () => [] });
    const viewers = await Promise.all(Array.from({ length: 20 }, () => Viewer.open(t, dashboard)));
    const { status, headers, body } = await ask(dashboard, '/api/events');
    assert.deepEqual([status, headers['retry-after']], [503, '10']);
    assert.match(body, /HEDDLE_DASHBOARD_FULL/);
    viewers[0]?.leave();
    while ((await statusOfEvents(dashboard.url, {})) === 503);
  });

  test('options that cannot be are refused, and the token is not repeated', async () => {
    const serve = (options: object) => serveDashboard(new MemoryReactor(), options);
    await assert.rejects(serve({ port: -1 }), /^InvalidArgumentError: The option port of a dashboard/);
    await assert.rejects(serve({ host: '' }), /option host/);
    await assert.rejects(serve({ threshold: 0 }), /option threshold/);
    await assert.rejects(serve({ hosts: ['http://a'] }), /option hosts/);
    await assert.rejects(serve({ frameAncestors: ["'self'; script-src *"] }), /option frameAncestors/);
    await assert.rejects(serve({ pools: [] }), /option pools/);
    await assert.rejects(serve({ password: 'x'.repeat(20) }), {
      message:
        "A dashboard has no option 'password'; its options are port, host, token, hosts, frameAncestors, threshold, name, pools.",
    });
    await assert.rejects(serve(9393 as unknown as object), /The options of a dashboard must be an object, not 9393\./);
    for (const token of ['too short', `with spaces ${'x'.repeat(20)}`]) {
      await assert.rejects(serve({ token }), ({ message }: Error) => {
        assert.match(message, /option token .* 16 or more/);
        return !message.includes(token);
      });
    }
  });

  test('a port that is taken is the failure', async (t) => {
    const { url } = await dashboardFor(t);
    const port = Number(new URL(url).port);
    await assert.rejects(serveDashboard(new MemoryReactor(), { port }), { code: 'EADDRINUSE' });
  });
});
