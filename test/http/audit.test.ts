import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/core/audit.ts';
import { joined } from '../flow/rig.ts';
import { type HttpRig, makeHttpRig, token } from './http-rig.ts';

describe('GET /api/v1/audit', () => {
  let rig: HttpRig;
  beforeEach(async () => {
    rig = await makeHttpRig();
    await joined(rig, 'db1', 'db2');
  });
  afterEach(() => rig.dispose());

  const get = (query: string, bearer = token): Promise<Response> =>
    fetch(`${rig.url}/api/v1/audit${query}`, { headers: { authorization: `Bearer ${bearer}` } });
  const entries = async (query: string): Promise<AuditEntry[]> =>
    ((await (await get(query)).json()) as { entries: AuditEntry[] }).entries;

  it('gives entries, newest first, page by page', async () => {
    const all = await entries('');
    expect(all.map((e) => e.kind)).toEqual(['agent.join', 'agent.join']);
    const [newest] = await entries('?limit=1');
    expect(await entries(`?before=${newest?.seq}`)).toEqual(all.slice(1));
  });

  it('searches by machine, actor, kind, task and time', async () => {
    const [one] = await entries('?agent=db1');
    expect(one?.detail).toMatchObject({ agent: 'db1', agentId: 'agent-db1-id' });
    expect(await entries('?agent=agent-db1-id')).toEqual([one]);
    expect(await entries('?actor=nerdyops&kind=agent')).toHaveLength(2);
    expect(await entries('?task=9999')).toEqual([]);
    expect(await entries(`?since=${(one?.at ?? 0) + 1}`)).toEqual([]);
    expect(await entries(`?until=${new Date(one?.at ?? 0).toISOString()}`)).toHaveLength(2);
  });

  it.each(['limit=0', 'limit=9999', 'task=db1', 'since=yesterday', 'actor=', 'color=red'])(
    'refuses %s with a sentence',
    async (query) => {
      const response = await get(`?${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { code: 'input_invalid' } });
    },
  );

  it('is for holders of the token', async () => {
    expect((await get('', 'another')).status).toBe(401);
  });
});
