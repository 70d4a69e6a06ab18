import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { liveIncidentsMs } from '../../src/web/limits.ts';
import { renderIncidents } from '../../src/web/render-incidents.tsx';
import { incidentWith } from './fake-alerts.ts';
import { type Harness, startConsole } from './harness.ts';
import { form, send } from './http.ts';
import { buttonsOf, Scene, textOf } from './scene.ts';
import { ownHeaders, type Signed, signIn } from './sign-in.ts';
import { openStream } from './stream.ts';

const now = Date.UTC(2026, 10, 21, 14, 2);
const one = (changes: Parameters<typeof incidentWith>[0] = {}): string =>
  renderIncidents.one(incidentWith(changes), now);
const listOf = (...open: ReturnType<typeof incidentWith>[]): string =>
  renderIncidents.list({ open, isMore: false, over: [], now });

describe('one incident shows', () => {
  test('how it stands, its alerts with what tells them apart, and what can be done', () => {
    const html = one();
    const text = textOf(html);
    expect(text).toMatch(/!17 HostDiskNearlyFull\n/);
    expect(text).toMatch(/firing.*critical.*db1.*since.*told 4 times/s);
    expect(text).toMatch(/2 firing, 1 over/);
    expect(text).toMatch(/mountpoint=\/var\/lib\/postgresql/);
    expect(text).toMatch(/and 1 more/);
    expect(buttonsOf(html)).toEqual(['I look at it', 'Look into it', 'Silence for 1 h', 'Silence for 8 h']);
  });

  test('what was found, and the task that found it', () => {
    const answer = {
      words: 'The disk is full of logs.',
      hosts: [
        {
          ...{ agentName: 'db1', words: 'Full.', ok: false },
          facts: [{ label: 'Used', value: '97 %' }],
          evidence: ['/dev/sda1 97% /<b>'],
        },
      ],
      ...{ followUps: [], language: 'en' as const, reader: 'runbook' as const },
    };
    const html = one({ diagnosis: { task: 1042, answer, words: answer.words } });
    expect(html).toContain('href="#task-1042"');
    expect(textOf(html)).toMatch(/The disk is full of logs\..*Used.*97 %.*\/dev\/sda1 97% \/<b>/s);
    expect(html).not.toContain('/<b>');
  });

  test('the texts of monitoring as text, wherever they stand', () => {
    const bad = '<img src=x onerror=alert(1)>"\'&';
    const texts = { headline: bad, title: bad, severity: bad, summary: bad, machines: [bad], source: bad };
    const alerts = [{ name: bad, isFiring: true, since: 0, labels: { [bad]: bad } }];
    const incident = incidentWith({ ...texts, alerts, choices: [bad], acknowledgedBy: bad, link: null });
    const html = renderIncidents.one(incident, now) + listOf(incident);
    expect(html).not.toMatch(/<img/);
    expect(html.match(/&lt;img/g)?.length).toBeGreaterThanOrEqual(12);
  });

  test.each(['https://prometheus.example.com/x', 'http://10.0.0.7:9090/'])(
    'the source’s page %s as a link that tells it nothing',
    (link) => {
      expect(one({ link })).toContain(`href="${link}" target="_blank" rel="noopener noreferrer"`);
    },
  );

  test.each(['javascript:alert(1)', 'data:text/html,x', ' javascript:alert(1)', '/console', 'x'])(
    'no link to %s',
    (link) => {
      const html = one({ link });
      expect(html).not.toContain('<a ');
      expect(textOf(html)).toContain('from alertmanager');
    },
  );

  test('machines to choose from where the alert tells none: few as buttons, many in a menu', () => {
    const actions = [{ kind: 'diagnose' as const, on: null }];
    expect(buttonsOf(one({ machines: [], choices: ['db1', 'web1'], actions }))).toEqual(['db1', 'web1']);
    const many = one({ machines: [], choices: [...'abcdefgh'], actions });
    expect(many.match(/<option/g)).toHaveLength(8);
    expect(buttonsOf(many)).toEqual(['Look into it there']);
  });
});

describe('the list of incidents', () => {
  test('says how to add a hook while nothing was ever told', () => {
    expect(textOf(listOf())).toContain('npx nerdy hooks add');
  });

  test('has of each its severity, title, machines, time, counts and state', () => {
    const text = textOf(listOf(incidentWith()));
    expect(text).toMatch(
      /HostDiskNearlyFull.*firing.*!17.*critical.*db1.*2 firing.*1 over.*for 12 min.*alertmanager/s,
    );
  });
});

test('a task that looks into an incident leads to it', async () => {
  const scene = new Scene();
  await scene.ask('check disk usage');
  expect(await scene.html()).not.toContain('#incident-');
  scene.desk.change(scene.task, { place: { surface: 'alert', channel: 'alertmanager', thread: '!17' } });
  expect(await scene.html()).toMatch(/href="#incident-17"[^>]*>!17</);
});

describe('over HTTP', () => {
  let harness: Harness;
  let signed: Signed;
  beforeEach(async () => {
    harness = await startConsole();
    signed = await signIn(harness);
    harness.alerts.put(17);
  });
  afterEach(() => harness.stop());
  const post = (path: string, fields: Record<string, string> = {}, headers = {}) =>
    send(harness.port, 'POST', path, { ...ownHeaders(harness, signed), ...headers }, form(fields));
  const get = (path: string) => send(harness.port, 'GET', path, ownHeaders(harness, signed));

  test('the page has who needs somebody first, and what is over last', async () => {
    harness.alerts.put(18, { title: 'Silent', state: 'silenced', tone: 'quiet' });
    harness.alerts.put(19, { title: 'Gone', state: 'resolved', tone: 'good', endedAt: now });
    harness.alerts.put(20, { title: 'Mild', tone: 'waiting' });
    const { body } = await get('/');
    const rows = [...body.matchAll(/incident-row-(\d+)/g)].map(([, number]) => number);
    expect(rows).toEqual(['17', '20', '18', '19']);
    expect(textOf(/id="incident-count".*?<\/a>/s.exec(body)?.[0] ?? '')).toContain('3');
  });

  test('each button does its verb, and is answered with the incident and the list', async () => {
    const said = await post('/console/incidents/17/acknowledge', {}, { 'x-nerdy-event': 'e-1' });
    expect(said.status).toBe(200);
    expect(said.body).toMatch(/id="incident".*acknowledged by you.*id="incident-list"/s);
    await post('/console/incidents/17/silence', { for: '3600000' });
    await post('/console/incidents/17/unsilence');
    await post('/console/incidents/17/diagnose');
    await post('/console/incidents/17/diagnose', { on: 'web1' });
    expect(harness.alerts.acts).toMatchObject([
      { verb: 'acknowledge', incident: 17, eventId: 'web:incident-acknowledge:17:e-1' },
      { verb: 'silence', more: 3_600_000 },
      { verb: 'unsilence' },
      { verb: 'diagnose', more: null },
      { verb: 'diagnose', more: 'web1' },
    ]);
  });

  test('what is refused says why at the incident, and a form that nobody sends changes nothing', async () => {
    harness.alerts.put(17, { state: 'resolved' });
    const refused = await post('/console/incidents/17/acknowledge');
    expect([refused.status, refused.body]).toEqual([409, expect.stringContaining('said-incident-17')]);
    expect((await post('/console/incidents/17/silence', { for: 'ever' })).status).toBe(409);
    expect((await post('/console/incidents/99/acknowledge')).body).toContain('incident_unknown');
    expect(harness.alerts.acts).toEqual([]);
  });

  test('nobody acts without the write token, or looks without a session', async () => {
    const bare = await send(harness.port, 'POST', '/console/incidents/17/acknowledge', {
      cookie: signed.cookie,
    });
    expect(bare.status).toBe(403);
    expect((await send(harness.port, 'GET', '/console/incidents/17')).status).toBe(401);
    expect(harness.alerts.acts).toEqual([]);
  });

  test('one that is none says so in its place', async () => {
    const answer = await get('/console/incidents/99');
    expect([answer.status, answer.body]).toEqual([404, expect.stringContaining('incident_unknown')]);
    expect((await get('/console/incidents/17')).body).toContain('!17');
  });

  test('a change comes by the live stream as the list that is true now', async () => {
    const stream = await openStream(harness, { cookie: signed.cookie });
    await harness.clock.step(liveIncidentsMs);
    const nextList = async (): Promise<string> => {
      for (;;) {
        const { data } = await stream.next();
        if (data.includes('id="incident-list"')) return data;
      }
    };
    expect(await nextList()).toContain('incident-row-17');
    harness.alerts.put(18, { title: 'PgReplicationLag' });
    await harness.clock.step(liveIncidentsMs);
    expect(await nextList()).toContain('PgReplicationLag');
    stream.close();
  });
});
