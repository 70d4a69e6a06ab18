import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { ApiClient } from '../../src/cli/client.ts';
import { until } from '../../src/cli/follow.ts';
import { cardOf } from '../../src/core/card.ts';
import { runWith, taskWith } from '../core/rows.ts';

let server: Server | null = null;
/** What the event stream was asked to go on from, at each connection. */
let resumed: (string | undefined)[] = [];
let revision = 0;

/** A server that sends one event and cuts; each card is a newer one. */
const listen = async (port: number): Promise<number> => {
  server = createServer((request, response) => {
    if (request.url?.endsWith('/events')) {
      resumed.push(request.headers['last-event-id'] as string | undefined);
      response.writeHead(200, { 'content-type': 'text/event-stream', connection: 'close' });
      response.end(': hello\n\nid: 41\nevent: task.move\ndata: {"task":1}\n\n');
      return;
    }
    revision += 1;
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ task: { task: 1, revision, state: 'running' } }));
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};
const close = async (): Promise<void> => {
  server?.closeAllConnections();
  if (server?.listening) await new Promise((resolve) => server?.close(resolve));
};
afterEach(close);

it('a watch waits for a server that is away, goes on from the last event, and says both', async () => {
  resumed = [];
  const port = await listen(0);
  const client = new ApiClient({ url: `http://127.0.0.1:${port}`, token: 't' });
  const stop = new AbortController();
  const cuts: (string | null)[] = [];
  let comeBack: (() => void) | null = null;
  const cards = client.follow(1, stop.signal, (why) => {
    cuts.push(why);
    comeBack?.();
    comeBack = null;
  });
  expect((await cards.next()).value?.revision).toBe(1);
  await cards.next();
  await close();
  comeBack = () => void listen(port);
  const next = await cards.next();
  expect(next.value?.revision).toBeGreaterThan(2);
  expect(cuts[0]).toContain('No NerdyOps server answers');
  expect(cuts.at(-1)).toBeNull();
  expect(resumed.at(-1)).toBe('41');
  stop.abort();
});

it('a server that was never there is no outage', async () => {
  const client = new ApiClient({ url: 'http://127.0.0.1:1', token: 't' });
  const cards = client.follow(1, new AbortController().signal);
  await expect(cards.next()).rejects.toMatchObject({ exitCode: 3 });
});

it('machines that are offline are named on standard error, once each, with how long the order waits', async () => {
  const runs = Array.from({ length: 8 }, (_, i) => runWith({ agentName: `db${i}`, state: 'queued' }));
  const task = taskWith({ state: 'running', runsTotal: 8, runsOpen: 8 });
  const waiting = cardOf({ task, proposal: null, runs, agents: [], terms: null });
  const follow = async function* () {
    yield waiting;
    yield waiting;
    yield { ...waiting, state: 'done' as const };
  };
  const said: string[] = [];
  const spy = vi.spyOn(console, 'error').mockImplementation((text: string) => void said.push(text));
  const client = { follow } as unknown as ApiClient;
  await until(client, 1, { label: '', json: true, isEnough: (c) => c.state === 'done' });
  spy.mockRestore();
  expect(said[0]).toMatch(
    /^db0 is offline\. The order waits for it until .* UTC; after that it will not run\.$/,
  );
  expect(said.slice(1, 5).map((text) => text.slice(0, 3))).toEqual(['db1', 'db2', 'db3', 'db4']);
  expect(said.slice(5)).toEqual(['More machines are offline; the card lists them.']);
});
