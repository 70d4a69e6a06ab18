import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PayloadReader } from '../../src/alerts/hook-reader.ts';
import { SnsCertificates } from '../../src/alerts/sns-certificates.ts';
import { Hooks } from '../../src/flow/hooks.ts';
import { hookAdminRoutes } from '../../src/http/hook-admin.ts';
import type { AlertIntake } from '../../src/ports/alert-intake.ts';
import { makeRig, type Rig } from '../flow/rig.ts';
import { adasToken, token } from './http-rig.ts';

let rig: Rig;
let app: FastifyInstance;

beforeEach(async () => {
  rig = await makeRig();
  const hooks = new Hooks({ store: rig.store, roster: () => rig.terms.policy.roster, mappings: [] });
  const fetcher = () => Promise.reject(new Error('there is no network here'));
  const now = () => rig.clock.now();
  const certificates = new SnsCertificates({ fetcher, now });
  const reader = new PayloadReader({ mappings: {}, certificates, fetcher, now });
  const intake: AlertIntake = {
    receive: () => Promise.reject(new Error('nothing is stored here')),
    preview: async (_, { home }) => ({
      machine: 'db1',
      machineWhy: 'its label says so',
      channels: home ? [{ ...home, why: 'the hook says so' }] : [],
    }),
  };
  app = Fastify();
  const door = { localToken: token, personalTokens: new Map() };
  const base = () => 'https://nerdy.test';
  const postingSurfaces = new Set(['slack']);
  await app.register(hookAdminRoutes({ hooks, reader, intake, door, base, postingSurfaces }));
});
afterEach(async () => {
  await app.close();
  await rig.dispose();
});

const call = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object, bearer = token) =>
  app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${bearer}` },
    ...(payload ? { payload } : {}),
  });

describe('the hooks of a server', () => {
  it('are made with an address that is shown once, listed without it, and removed', async () => {
    const made = await call('POST', '/hooks', {
      source: 'grafana',
      channel: 'slack:C1',
      secret: 'a secret of ours',
    });
    expect(made.statusCode).toBe(201);
    const { url, hook } = made.json();
    expect(url).toMatch(/^https:\/\/nerdy\.test\/hooks\/grafana\/[\w-]{43}$/);
    const listed = await call('GET', '/hooks');
    expect(listed.json().hooks).toMatchObject([
      { id: hook.id, home: { surface: 'slack', channel: 'C1' }, hasSecret: true },
    ]);
    expect(listed.body).not.toContain('a secret of ours');
    expect(listed.body).not.toContain(url.split('/').at(-1));
    expect((await call('DELETE', `/hooks/${hook.id}`)).statusCode).toBe(200);
    expect((await call('GET', '/hooks')).json().hooks).toEqual([]);
    expect((await call('DELETE', `/hooks/${hook.id}`)).json().error.code).toBe('hook_gone');
  });

  it('say where they are made and listed that their channel’s chat is not connected', async () => {
    const warningOf = async (channel: string | null) =>
      (await call('POST', '/hooks', { source: 'grafana', channel })).json().hook.warning;
    expect(await warningOf('discord:42')).toContain('discord:42');
    expect(await warningOf('slack:C1')).toBeNull();
    expect(await warningOf(null)).toBeNull();
    const listed = (await call('GET', '/hooks')).json().hooks as { warning: string | null }[];
    expect(listed.filter(({ warning }) => warning !== null)).toHaveLength(1);
  });

  it('stand in the audit log with who made and removed them', async () => {
    const { hook } = (await call('POST', '/hooks', { source: 'grafana' })).json();
    await call('DELETE', `/hooks/${hook.id}`);
    const kinds = (await rig.store.listAudit(0, 100)).filter(({ detail }) => detail.hook === hook.id);
    expect(kinds.map(({ kind }) => kind)).toEqual(['hook.add', 'hook.remove']);
  });

  it('are refused with a sentence where they are of no source, mapping or channel', async () => {
    const codeOf = async (body: object) => (await call('POST', '/hooks', body)).json();
    expect((await codeOf({ source: 'nagios' })).error.code).toBe('hook_source_unknown');
    expect((await codeOf({ source: 'generic' })).error.code).toBe('hook_mapping_missing');
    expect((await codeOf({ source: 'generic', mapping: 'x' })).error.code).toBe('hook_mapping_unknown');
    expect((await codeOf({ source: 'grafana', channel: 'C1' })).message).toContain('surface:channel');
  });

  it("are nobody else's business", async () => {
    expect((await call('POST', '/hooks', { source: 'grafana' }, adasToken)).statusCode).toBe(401);
  });

  it('can be tried out: the alerts, their machine, where they would go, and why', async () => {
    const payload = JSON.stringify({ alerts: [{ labels: { alertname: 'A', instance: 'db1:9100' } }] });
    const tried = await call('POST', '/hooks/test', { source: 'alertmanager', payload, channel: 'slack:C1' });
    expect(tried.json()).toMatchObject({
      note: null,
      alerts: [
        {
          alert: { title: 'A', machines: [{ value: 'db1' }] },
          machine: 'db1',
          machineWhy: 'its label says so',
          channels: [{ surface: 'slack', channel: 'C1', why: 'the hook says so' }],
        },
      ],
    });
    const bad = await call('POST', '/hooks/test', { source: 'alertmanager', payload: '{' });
    expect(bad.json().error.code).toBe('hook_not_json');
  });
});
