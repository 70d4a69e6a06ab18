import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KeptServer } from './loop.ts';
import { makeDir } from './processes.ts';

/** A storm of alerts while the server is killed again and again: every alert that got its 2xx is there after. */
const dir = makeDir();
let server: KeptServer;

beforeAll(async () => {
  server = new KeptServer(join(dir.path, 'data'), {});
  await server.call((client) => client.agents());
});
afterAll(async () => {
  await server.kill();
  dir.remove();
});

const alertsInAll = 600;
const killsAfter = [100, 250, 420];

const payloadOf = (number: number): string =>
  JSON.stringify({
    version: '4',
    groupKey: `{}:{alertname="Storm${number % 20}"}`,
    status: 'firing',
    receiver: 'nerdy',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example',
    alerts: [
      {
        status: 'firing',
        labels: { alertname: `Storm${number % 20}`, instance: `host${number}:9100` },
        annotations: {},
        startsAt: '2026-01-01T00:00:00Z',
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: '',
        fingerprint: number.toString(16).padStart(16, '0'),
      },
    ],
  });

test('what was accepted is there after a server that is killed in the midst of a storm', async () => {
  const made = await server.address();
  const headers = { authorization: `Bearer ${made.localToken}`, 'content-type': 'application/json' };
  const hook = await fetch(`${made.url}/api/v1/hooks`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ source: 'alertmanager' }),
  });
  const path = new URL(((await hook.json()) as { url: string }).url).pathname;

  const waiting = Array.from({ length: alertsInAll }, (_, i) => i);
  const accepted = new Set<number>();
  const kills = [...killsAfter];
  // As monitoring does: what got no 2xx is sent again, so an alert may well arrive twice.
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { url } = await server.address();
      const body = payloadOf(next);
      const answer = await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }).catch(() => null);
      if (answer?.ok) accepted.add(next);
      else waiting.push(next);
      if (accepted.size >= (kills[0] ?? Number.POSITIVE_INFINITY)) {
        kills.shift();
        await server.program.end('SIGKILL');
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));

  await server.kill();
  expect(server.deaths).toBeGreaterThanOrEqual(killsAfter.length);
  const incidents = await server.call((client) =>
    client.alerts(new URLSearchParams({ state: 'all', limit: '100' })),
  );
  expect(accepted.size).toBe(alertsInAll);
  expect(incidents).toHaveLength(20);
  // Each of them once, however often it was sent.
  expect(incidents.reduce((sum, i) => sum + i.firing, 0)).toBe(alertsInAll);
});
