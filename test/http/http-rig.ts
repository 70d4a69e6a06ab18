import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { alertSettingsShape } from '../../src/core/alert-settings.ts';
import { Enrolment } from '../../src/flow/enrol.ts';
import { agentRoutes } from '../../src/http/agents.ts';
import { alertRoutes } from '../../src/http/alerts.ts';
import { apiRoutes } from '../../src/http/api.ts';
import { auditRoutes } from '../../src/http/audit.ts';
import { eventRoutes } from '../../src/http/events.ts';
import { keyRoutes } from '../../src/http/keys.ts';
import { Metrics } from '../../src/http/metrics.ts';
import { runbookRoutes } from '../../src/http/runbooks.ts';
import { httpServer } from '../../src/http/server.ts';
import { watchRoutes } from '../../src/http/watches.ts';
import { makeIncidents } from '../../src/incidents.ts';
import { FakeAuthority } from '../flow/fake-authority.ts';
import { FakeDrafter } from '../flow/fake-mind.ts';
import { makeRig, type Rig } from '../flow/rig.ts';

export const token = 'the-local-token';

export type HttpRig = Rig & Awaited<ReturnType<typeof addHttp>>;

/** What a caller sends; the token goes along unless a test says otherwise. */
interface Sent {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Ada's own token, beside the owner's. */
export const adasToken = 'a token of ada';
const personalTokens = new Map([
  [createHash('sha256').update(adasToken).digest('hex'), { key: 'ada', name: 'Ada' }],
]);

const addHttp = async (rig: Rig) => {
  const { store, clock, log, desk, queue } = rig;
  const metrics = new Metrics({ store, connectedAgents: () => 3 });
  await metrics.start();
  const app = httpServer({
    log,
    metrics,
    readiness: async () => [
      { name: 'store', ready: true },
      { name: 'queue', ready: queue.isReady() },
    ],
  });
  const door = { localToken: token, personalTokens };
  const consoleLink = () => 'http://127.0.0.1/#once';
  await app.register(apiRoutes({ desk, door, consoleLink }), { prefix: '/api/v1' });
  await app.register(runbookRoutes({ runbooks: rig.library, door }), { prefix: '/api/v1' });
  await app.register(keyRoutes({ keys: rig.keys, door }), { prefix: '/api/v1' });
  const address = () => 'gateway.test:7443';
  const { roster } = rig.terms.policy;
  const authority = new FakeAuthority();
  const enrolment = new Enrolment({ store, authority, roster, clock, log, address });
  const lines = async (joinToken: string) => ({ posix: `sh ${joinToken}`, windows: `ps ${joinToken}` });
  await app.register(agentRoutes({ enrolment, door, lines }), { prefix: '/api/v1' });
  await app.register(auditRoutes({ store, door }), { prefix: '/api/v1' });
  await app.register(eventRoutes({ store, door, clock, log }), { prefix: '/api/v1' });
  const { redactor, terms } = rig;
  const incidents = makeIncidents(alertSettingsShape.parse({}), {
    ...{ store, clock, log, redactor, terms, tasks: desk },
    ...{ postingSurfaces: new Set(['chat']), runbookDrafter: new FakeDrafter() },
  });
  await app.register(watchRoutes({ watches: incidents.watches, door }), { prefix: '/api/v1' });
  await app.register(alertRoutes({ alerts: incidents.desk, door }), { prefix: '/api/v1' });
  app.get('/broken', () => Promise.reject(new Error('a secret of ours')));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const call = (method: string, path: string, { body, headers = {}, signal }: Sent = {}): Promise<Response> =>
    fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  const dispose = async (): Promise<void> => {
    await app.close();
    await rig.dispose();
  };
  return { app, url, call, enrolment, incidents, dispose };
};

/** The flow behind a real HTTP server on a port of its own. */
export const makeHttpRig = async (): Promise<HttpRig> => {
  const rig = await makeRig();
  return { ...rig, ...(await addHttp(rig)) };
};

/** An answer as a status and its JSON. */
export const read = async (response: Response | Promise<Response>) => {
  const answered = await response;
  return { status: answered.status, json: JSON.parse(await answered.text()) };
};
