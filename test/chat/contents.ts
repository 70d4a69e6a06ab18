import type { IncidentCard } from '../../src/core/incident-card.ts';
import type { Listing } from '../../src/core/listing.ts';
import { sentence } from '../../src/core/sentences.ts';
import type { ChatContent } from '../../src/ports/chat.ts';
import type { HomeView } from '../../src/slack/render-home.ts';
import { cards, machinesNamed, manyAnswer, now, oneAnswer } from './cards.ts';

/** What is shown beside cards: answers, incidents, lists and the Home tab. */

const hour = 3_600_000;

export const incidentWith = (fields: Partial<IncidentCard> = {}): IncidentCard => ({
  number: 17,
  revision: 3,
  state: 'firing',
  tone: 'bad',
  headline: 'Disk nearly full on db1',
  title: 'HostDiskNearlyFull',
  source: 'alertmanager',
  severity: 'critical',
  summary: 'Less than 10 % of /var/lib/postgresql are free, and it will be full in 3 hours.',
  machines: ['db1'],
  startedAt: now,
  endedAt: null,
  firing: 1,
  resolved: 0,
  times: 1,
  alerts: [{ name: 'HostDiskNearlyFull', isFiring: true, since: now, labels: { instance: 'db1:9100' } }],
  more: 0,
  acknowledgedBy: null,
  silencedUntil: null,
  diagnosis: null,
  choices: [],
  link: 'https://prometheus.example.com/graph?g0.expr=x',
  notices: [],
  actions: [
    { kind: 'acknowledge' },
    { kind: 'silence', forMs: hour },
    { kind: 'silence', forMs: 8 * hour },
    { kind: 'diagnose', on: null },
  ],
  ...fields,
});

export const incidents: Readonly<Record<string, IncidentCard>> = {
  'incident-firing': incidentWith(),
  'incident-storm': incidentWith({
    headline: '40 alerts on 12 machines',
    machines: Array.from({ length: 12 }, (_, i) => `web${i + 1}`),
    firing: 38,
    resolved: 2,
    times: 96,
    alerts: Array.from({ length: 5 }, (_, i) => ({
      name: `Probe of web${i + 1} failed`,
      isFiring: i < 4,
      since: now + i,
      labels: { job: 'blackbox', instance: `web${i + 1}` },
    })),
    more: 35,
  }),
  'incident-which': incidentWith({ machines: [], choices: ['db1', 'db2', 'web1'] }),
  'incident-acknowledged': incidentWith({
    state: 'acknowledged',
    tone: 'working',
    acknowledgedBy: 'cleo',
    diagnosis: { task: 1042, answer: null, words: 'Looking at the disk of db1.' },
    actions: [{ kind: 'silence', forMs: hour }],
  }),
  'incident-silenced': incidentWith({
    state: 'silenced',
    tone: 'quiet',
    silencedUntil: now + hour,
    actions: [{ kind: 'unsilence' }],
  }),
  'incident-flapping': incidentWith({ state: 'flapping', times: 14, resolved: 7 }),
  'incident-resolved': incidentWith({
    state: 'resolved',
    tone: 'good',
    headline: 'Resolved: disk nearly full on db1',
    endedAt: now + hour,
    firing: 0,
    resolved: 1,
    diagnosis: { task: 1042, answer: oneAnswer, words: '' },
    actions: [],
  }),
};

export const listings: Readonly<Record<string, Listing>> = {
  'list-agents': {
    kind: 'agents',
    title: '3 machines, 2 online',
    rows: ['db1', 'web1', 'web2'].map((name, i) => ({
      tone: i === 2 ? ('bad' as const) : ('good' as const),
      name,
      words: i === 2 ? 'offline for 3 h' : 'CPU 12 %, memory 61 %, disk 40 %',
      detail: 'Debian 12 · role=db env=prod',
      task: null,
      request: null,
    })),
    empty: 'No machine has joined yet.',
    foot: null,
  },
  'list-tasks': {
    kind: 'tasks',
    title: 'Tasks',
    rows: [
      {
        tone: 'waiting',
        name: '#1042',
        words: 'make room on db1',
        detail: 'Ready to run on 1 machine',
        task: 1042,
        request: null,
      },
      {
        tone: 'good',
        name: '#1041',
        words: 'check memory on db1',
        detail: 'Done on db1',
        task: 1041,
        request: null,
      },
    ],
    empty: 'No task yet.',
    foot: '12 more',
  },
  'list-help': {
    kind: 'help',
    title: 'What I can do',
    rows: [
      {
        tone: 'quiet',
        name: 'Memory',
        words: 'check memory on db1',
        detail: null,
        task: null,
        request: 'check memory on db1',
      },
    ],
    empty: '',
    foot: 'Everything else is a request. Say what to do and on which machine.',
  },
  'list-empty': { kind: 'alerts', title: 'Alerts', rows: [], empty: 'Nothing fires.', foot: null },
};

const card = (name: string) => cards[name] as NonNullable<(typeof cards)[string]>;

export const contents: Readonly<Record<string, ChatContent>> = {
  ...Object.fromEntries(
    Object.entries(cards).map(([name, one]) => [
      name,
      { kind: 'card' as const, card: one, isAnew: name === 'paused' },
    ]),
  ),
  words: {
    kind: 'words',
    task: 1042,
    asker: card('done').asker,
    text: 'db1 has room: 4.2 GiB of',
    callsAsker: true,
  },
  'words-none': { kind: 'words', task: 1042, asker: card('done').asker, text: '', callsAsker: false },
  answer: { kind: 'answer', card: card('done'), callsAsker: true },
  'answer-many': { kind: 'answer', card: card('done-bad'), callsAsker: false },
  'answer-code': {
    kind: 'answer',
    card: {
      ...card('done'),
      answer: {
        ...oneAnswer,
        words:
          'The service has stopped. Its log ends so:\n```\nout of memory\n```\nIt was killed by the kernel.',
        reader: 'model',
      },
    },
    callsAsker: false,
  },
  output: {
    kind: 'output',
    task: 1042,
    file: { name: 'nerdy-1042.txt', title: 'Output of #1042', bytes: Buffer.from('x') },
  },
  ...Object.fromEntries(
    Object.entries(incidents).map(([name, incident]) => [
      name,
      { kind: 'incident' as const, incident, isAnew: false },
    ]),
  ),
};

export const home: HomeView = {
  waiting: [card('proposed-dangerous'), card('proposed-fleet')],
  asked: [card('running-fleet'), card('done')],
  machines: machinesNamed(['db1', 'web1', 'web2', 'web3']).map(({ name }, i) => ({
    name,
    online: i !== 2,
    busy: i === 0 ? 'disk 93 %' : null,
  })),
  usage: [
    { value: '12', label: 'tasks this week, 11 of them done' },
    { value: '31,000', label: 'tokens' },
  ],
  trouble: sentence('redis_down', {}).text,
};

export { manyAnswer };
