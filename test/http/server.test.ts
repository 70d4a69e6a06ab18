import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noteLoad, partAgent } from '../../src/flow/greet.ts';
import { requireToken } from '../../src/http/access.ts';
import { agentIdOf, askFor, joined } from '../flow/rig.ts';
import { adasToken, type HttpRig, makeHttpRig, read } from './http-rig.ts';

let rig: HttpRig;
beforeEach(async () => {
  rig = await makeHttpRig();
});
afterEach(() => rig.dispose());

const open = { headers: { authorization: '' } };

describe('the state of the server', () => {
  it('is healthy as soon as the process answers, whatever else is away', async () => {
    await rig.queue.stop();
    expect(await read(rig.call('GET', '/health', open))).toEqual({ status: 200, json: { status: 'ok' } });
  });

  it('is ready when each of its parts is', async () => {
    expect(await read(rig.call('GET', '/ready', open))).toMatchObject({
      status: 200,
      json: { status: 'ready' },
    });
  });

  it('is not ready while the queue is away, and says which part it is', async () => {
    await rig.queue.stop();
    const { status, json } = await read(rig.call('GET', '/ready', open));
    expect(status).toBe(503);
    expect(json).toMatchObject({
      status: 'not ready',
      checks: [
        { name: 'store', ready: true },
        { name: 'queue', ready: false },
      ],
    });
  });

  it('is told to Prometheus in its own format, counted from the log once each', async () => {
    const metrics = async () => (await rig.call('GET', '/metrics', open)).text();
    await rig.desk.ask(askFor('uptime'));
    await Promise.all([metrics(), metrics()]);
    await rig.desk.ask(askFor('memory'));
    const text = await metrics();
    expect(text).toContain('nerdyops_events_total{kind="task.create"} 2');
    expect(text).toContain('nerdyops_agents_connected 3');
    expect(text).toMatch(/^# TYPE process_cpu_user_seconds_total counter$/m);
  });
});

describe('the machines in Prometheus’ words', () => {
  const load = {
    ...{ cpuFraction: 0.5, memoryUsedBytes: 1, memoryTotalBytes: 2, diskUsedBytes: 3, diskTotalBytes: 4 },
    ...{ load1: 0.1, uptimeSeconds: 9, disks: [{ mount: '/srv/"data"', usedBytes: 5, totalBytes: 10 }] },
  };
  const text = async () => (await rig.call('GET', '/metrics', open)).text();

  it('are one series each, as the last heartbeat said', async () => {
    await joined(rig, 'db1');
    await noteLoad(rig.store, agentIdOf('db1'), load);
    const lines = (await text()).split('\n');
    expect(lines).toContain('nerdyops_agent_online{agent="db1"} 1');
    expect(lines).toContain('nerdyops_agent_cpu_fraction{agent="db1"} 0.5');
    expect(lines).toContain('nerdyops_agent_disk_used_bytes{agent="db1",mount="/srv/\\"data\\""} 5');
  });

  it('have no figures while they are offline, so that an old one alarms nobody', async () => {
    await joined(rig, 'db1');
    await noteLoad(rig.store, agentIdOf('db1'), load);
    await text();
    await partAgent(rig.store, agentIdOf('db1'));
    expect(await text()).toContain('nerdyops_agent_online{agent="db1"} 0');
    expect(await text()).not.toContain('nerdyops_agent_cpu_fraction{agent="db1"}');
  });
});

describe('what goes wrong', () => {
  it('at an address where nothing is gets a sentence', async () => {
    expect(await read(rig.call('GET', '/nowhere'))).toMatchObject({
      status: 404,
      json: { error: { code: 'not_found' } },
    });
    expect(await read(rig.call('DELETE', '/api/v1/tasks'))).toMatchObject({ status: 404 });
  });

  it('with an address that can not be read gets a sentence', async () => {
    expect(await read(rig.call('GET', '/api/v1/tasks/%ZZ'))).toMatchObject({
      status: 400,
      json: { error: { code: 'input_invalid' } },
    });
  });

  it('on our side is told by a number to look for in the log, and by nothing else', async () => {
    const { status, json } = await read(rig.call('GET', '/broken'));
    expect(status).toBe(500);
    expect(json.error).toMatchObject({ code: 'fault' });
    expect(json.error.message).toMatch(/under [0-9a-f]{12}\.$/);
    expect(JSON.stringify(json)).not.toContain('secret');
    expect(rig.lines).toContainEqual({ level: 'error', message: 'a request failed' });
  });

  it('with a database that is away is a fault, and the server goes on', async () => {
    await rig.real.stop();
    expect(await read(rig.call('GET', '/api/v1/tasks'))).toMatchObject({
      status: 500,
      json: { error: { code: 'fault' } },
    });
    expect((await rig.call('GET', '/health')).status).toBe(200);
  });

  it('with someone who speaks no HTTP is over soon', async () => {
    const socket = connect(Number(new URL(rig.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    socket.write('\0\x01\x02 noise\r\n\r\n');
    await once(socket, 'close');
    expect((await rig.call('GET', '/health')).status).toBe(200);
  });
});

it('a token that was lost lets nobody in, not even those who show none', async () => {
  const replies: number[] = [];
  const reply = {
    code: (status: number) => {
      replies.push(status);
      return reply;
    },
    header: () => reply,
    send: async () => {},
  };
  await requireToken({ localToken: '', personalTokens: new Map() })({ headers: {} } as never, reply as never);
  expect(replies).toEqual([401]);
});

describe("a person's own token", () => {
  const mine = { headers: { authorization: `Bearer ${adasToken}`, 'x-nerdy-user': 'somebody else' } };

  it('acts as that person, whatever name is sent along', async () => {
    const { json } = await read(rig.call('POST', '/api/v1/tasks', { ...mine, body: { request: 'uptime' } }));
    expect(json.task.asker).toEqual({ kind: 'person', surface: 'api', id: 'ada', name: 'Ada' });
  });

  it('opens no console, which would act as the owner', async () => {
    expect(await read(rig.call('POST', '/api/v1/console-links', { ...mine, body: {} }))).toMatchObject({
      status: 403,
      json: { error: { code: 'local_only' } },
    });
  });

  it("does not take another person's act for its own repetition", async () => {
    const key = { 'idempotency-key': 'one' };
    const body = { request: 'uptime' };
    const first = await read(rig.call('POST', '/api/v1/tasks', { headers: key, body }));
    const other = { headers: { ...mine.headers, ...key }, body };
    const second = await read(rig.call('POST', '/api/v1/tasks', other));
    expect(second.json.task.task).not.toBe(first.json.task.task);
    expect((await read(rig.call('POST', '/api/v1/tasks', other))).json.task.task).toBe(second.json.task.task);
  });
});
