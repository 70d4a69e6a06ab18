import { describe, expect, it } from 'vitest';
import type { Agent } from '../../src/core/agent.ts';
import { targetsMax } from '../../src/core/limits.ts';
import { nearestNames, type Resolution, resolveTargets, type TargetContext } from '../../src/core/target.ts';
import { agentWith } from './rows.ts';

const db1 = agentWith('db1', { role: 'db', env: 'prod' });
const db2 = agentWith('db2', { role: 'db', env: 'test' });
const web1 = agentWith('web1', { role: 'web', env: 'prod' });
const web2 = agentWith('web2', { role: 'web', env: 'prod' });
const mac = agentWith('studio', {}, 'macos');
const win1 = agentWith('win1', {}, 'windows');
const win2 = agentWith('win2', {}, 'windows');
const all = [db1, db2, web1, web2, mac, win1, win2];
const nowhere: TargetContext = { threadAgentIds: [], channelAgentIds: [] };

const resolve = (request: string, agents: Agent[] = all, context = nowhere, on: string | null = null) =>
  resolveTargets(request, on, agents, context);
const namesOf = (resolution: Resolution): string =>
  resolution.kind === 'resolved' ? resolution.targets.map((t) => t.name).join(' ') : resolution.sentence.code;

/** Each row: the request, the machines that it means, and what is left of it for whoever finds the script. */
const means = (title: string, rows: [request: string, machines: string, words: string][]): void => {
  describe(title, () => {
    it.each(rows)('%j means %s', (request, machines, words) => {
      const resolution = resolve(request);
      expect(namesOf(resolution)).toBe(machines);
      expect(resolution.words).toBe(words);
    });
  });
};

means('one machine', [
  ['check memory on db1', 'db1', 'check memory'],
  ['on db1 check memory', 'db1', 'check memory'],
  ['on db1: check memory', 'db1', 'check memory'],
  ['On db1, check memory', 'db1', 'check memory'],
  ['how much memory on db1 is free', 'db1', 'how much memory is free'],
  ['check disk on the server db1', 'db1', 'check disk'],
  ['check uptime on the db1 server', 'db1', 'check uptime'],
  ["what is full on db1's disk", 'db1', 'what is full disk'],
  ['montre la mémoire sur db1', 'db1', 'montre la mémoire'],
  ['sur la machine db1 montre la mémoire', 'db1', 'montre la mémoire'],
  ['zeige den Speicher auf db1', 'db1', 'zeige den Speicher'],
  ['auf dem Server db1 den Speicher zeigen', 'db1', 'den Speicher zeigen'],
  ['Zeig mir den Speicher auf db1, bitte', 'db1', 'Zeig mir den Speicher, bitte'],
  ['db1에서 메모리 확인해줘', 'db1', '메모리 확인해줘'],
  ['메모리 확인해줘 db1에서', 'db1', '메모리 확인해줘'],
  ['db1의 메모리 확인해줘', 'db1', '메모리 확인해줘'],
]);

means('case and punctuation', [
  ['check memory on DB1', 'db1', 'check memory'],
  ['check memory on db1?', 'db1', 'check memory'],
  ['check memory on db1!', 'db1', 'check memory'],
  ['check memory on "db1".', 'db1', 'check memory'],
  ['check memory (on db1)', 'db1', 'check memory'],
  ['check memory ON db1 AND db2', 'db1 db2', 'check memory'],
]);

means('several machines', [
  ['check memory on db1 and db2', 'db1 db2', 'check memory'],
  ['check memory on db1, db2 and web1', 'db1 db2 web1', 'check memory'],
  ['check memory on db1 & db2 + web1', 'db1 db2 web1', 'check memory'],
  ['check memory on db1 and on db2', 'db1 db2', 'check memory'],
  ['check memory on db2, db1 and db2', 'db1 db2', 'check memory'],
  ['sur db1 et db2 montre la mémoire', 'db1 db2', 'montre la mémoire'],
  ['zeige den Speicher auf db1 und db2', 'db1 db2', 'zeige den Speicher'],
  ['db1과 db2에서 메모리 확인해줘', 'db1 db2', '메모리 확인해줘'],
  ['db1이랑 db2에서 메모리 확인해줘', 'db1 db2', '메모리 확인해줘'],
  ['db1, db2에서 메모리 확인해줘', 'db1 db2', '메모리 확인해줘'],
  ['db1 와 db2에서 메모리 확인해줘', 'db1 db2', '메모리 확인해줘'],
  ['is nginx up on web1 and is postgres up on db1', 'db1 web1', 'is nginx up and is postgres up'],
]);

means('what follows "and" need not be a machine', [
  ['show disk on db1 and memory', 'db1', 'show disk and memory'],
  ['check memory on db1 and tell me the uptime', 'db1', 'check memory and tell me the uptime'],
  ['check memory on db1, then restart nginx', 'db1', 'check memory, then restart nginx'],
]);

means('labels', [
  ['check memory on role=db', 'db1 db2', 'check memory'],
  ['check memory on role=db env=prod', 'db1', 'check memory'],
  ['check memory on role=db, env=prod', 'db1', 'check memory'],
  ['check memory on role=db and env=prod please', 'db1', 'check memory please'],
  ['montre la mémoire sur role=db', 'db1 db2', 'montre la mémoire'],
  ['auf role=db den Speicher zeigen', 'db1 db2', 'den Speicher zeigen'],
  ['role=db env=prod에서 메모리 확인해줘', 'db1', '메모리 확인해줘'],
  ['check memory on role=queue', 'machines_none_match', 'check memory'],
  ['check memory on __proto__=x', 'machines_none_match', 'check memory'],
  ['check memory on constructor=x', 'machines_none_match', 'check memory'],
]);

means('globs', [
  ['check memory on web*', 'web1 web2', 'check memory'],
  ['check memory on *1', 'db1 web1 win1', 'check memory'],
  ['check memory on *b*', 'db1 db2 web1 web2', 'check memory'],
  ['check memory on *', 'db1 db2 studio web1 web2 win1 win2', 'check memory'],
  ['check memory on d?1', 'db1', 'check memory'],
  ['check memory on WEB*', 'web1 web2', 'check memory'],
  ['check memory on web* and db1', 'db1 web1 web2', 'check memory'],
  ['web*에서 메모리 확인해줘', 'web1 web2', '메모리 확인해줘'],
  ['check memory on queue*', 'machines_none_match', 'check memory'],
]);

const everything = 'db1 db2 studio web1 web2 win1 win2';
means('all of them', [
  ['check memory on all', everything, 'check memory'],
  ['check memory on all machines', everything, 'check memory'],
  ['check memory on all linux', 'db1 db2 web1 web2', 'check memory'],
  ['check memory on all the linux servers', 'db1 db2 web1 web2', 'check memory'],
  ['on all linux servers, check memory', 'db1 db2 web1 web2', 'check memory'],
  ['check memory on linux', 'db1 db2 web1 web2', 'check memory'],
  ['show all linux servers disk usage', 'db1 db2 web1 web2', 'show disk usage'],
  ['check uptime on every windows machine please', 'win1 win2', 'check uptime please'],
  ['sur tous les serveurs linux montre la mémoire', 'db1 db2 web1 web2', 'montre la mémoire'],
  ['montre la mémoire sur toutes les machines windows', 'win1 win2', 'montre la mémoire'],
  ['zeige den Speicher auf allen Windows Servern', 'win1 win2', 'zeige den Speicher'],
  ['zeige den Speicher auf allen Windows-Servern', 'win1 win2', 'zeige den Speicher'],
  ['auf allen Linux-Servern den Speicher zeigen', 'db1 db2 web1 web2', 'den Speicher zeigen'],
  ['모든 리눅스 서버에서 메모리 확인해줘', 'db1 db2 web1 web2', '메모리 확인해줘'],
  ['모든 리눅스 서버의 메모리', 'db1 db2 web1 web2', '메모리'],
  ['모든 윈도우에서 메모리 확인해줘', 'win1 win2', '메모리 확인해줘'],
  ['모든 서버 메모리 확인해줘', everything, '메모리 확인해줘'],
  ['check memory on all macs', 'studio', 'check memory'],
]);

means('everywhere', [
  ['check memory everywhere', everything, 'check memory'],
  ['montre la mémoire partout', everything, 'montre la mémoire'],
  ['zeige überall den Speicher', everything, 'zeige den Speicher'],
  ['모든 곳에서 메모리 확인해줘', everything, '메모리 확인해줘'],
  ['check memory on every server', everything, 'check memory'],
]);

means('a name in the middle, without "on"', [
  ['restart nginx db1', 'db1', 'restart nginx'],
  ['db1: check memory', 'db1', 'check memory'],
  ['is db1 up', 'db1', 'is up'],
  ['compare db1 and web2', 'db1 web2', 'compare'],
  ['db1은 살아있어?', 'db1', '살아있어?'],
]);

describe('what looks like a machine and is none', () => {
  const here: TargetContext = { threadAgentIds: ['id-web1'], channelAgentIds: [] };

  it.each([
    'what is listening on port 443',
    'what listens on 443',
    'check disk usage on /var',
    'check the service on localhost',
    'show traffic on eth0',
    'turn on the light',
    'turn on all services',
    'list all windows services',
    'list all processes',
    'what is going on',
    'montre les erreurs depuis hier',
    'quelque chose écoute sur le port 443',
    'auf welchem Port lauscht nginx',
    '443 포트에서 뭐가 듣고 있어',
    '모든 프로세스 보여줘',
    'nginx의 상태',
    'nginx에서 에러 확인해줘',
  ])('%j is about the machine of the thread, and all of it is the request', (request) => {
    expect(resolve(request, all, here)).toMatchObject({
      kind: 'resolved',
      targets: [{ name: 'web1' }],
      words: request,
    });
  });

  it.each([
    ['what is listening on port 443 on db1', 'what is listening on port 443'],
    ['check disk usage on /var on db1', 'check disk usage on /var'],
    ['list all containers on db1', 'list all containers'],
    ['check memory on db1 here', 'check memory here'],
  ])('%j is about db1 all the same', (request, words) => {
    expect(resolve(request, all, here)).toMatchObject({ targets: [{ name: 'db1' }], words });
  });
});

describe('a machine that does not exist', () => {
  it.each([
    ['check memory on dv1', ['db1']],
    ['check memory on web', ['web1', 'web2']],
    ['check memory on the web server', ['web1', 'web2']],
    ['restart nginx on wbe1 now', ['web1', 'db1']],
    ['db3에서 메모리 확인해줘', ['db1', 'db2']],
    ['check memory on studoi', ['studio']],
  ])('%j is asked about, with the nearest names to choose from', (request, nearest) => {
    const resolution = resolve(request, all, { ...nowhere, threadAgentIds: ['id-web1'] });
    expect(resolution).toMatchObject({ kind: 'ask', sentence: { code: 'machine_unknown' } });
    expect(resolution.kind === 'ask' && resolution.options).toEqual(expect.arrayContaining(nearest));
  });

  it.each(['check memory on zebra', 'check memory on 10.0.0.5', 'restart nginx on queue7 now'])(
    '%j says so when nothing is near, and offers what there is instead of taking it',
    (request) => {
      for (const agents of [all, [db1]]) {
        const resolution = resolve(request, agents, { ...nowhere, threadAgentIds: ['id-db1'] });
        expect(resolution).toMatchObject({
          kind: 'ask',
          sentence: { code: 'machine_unknown' },
          options: agents.map((a) => a.name).sort(),
        });
      }
    },
  );

  it('of a list is named, and an answer keeps the machines of the list that exist', () => {
    expect(resolve('restart nginx on db1 and db9')).toMatchObject({
      kind: 'ask',
      sentence: {
        text: 'There is no machine called "db9"; db1 is there. Did you mean db2? Choose where to run it, or ask again.',
      },
      options: ['db1, db2', 'db1'],
    });
    expect(
      resolve('check memory on web1, db1 and zebra', all, { ...nowhere, isPlainWord: () => false }),
    ).toMatchObject({
      sentence: { code: 'machine_unknown_among', text: expect.stringContaining('db1 and web1 are there') },
      options: ['db1, web1'],
    });
  });

  it('offers the few names that are nearest, best first', () => {
    const names = ['web1', 'web2', 'web10', 'db1', 'webserver'];
    expect(nearestNames('web', names)).toEqual(['web1', 'web2', 'web10']);
    expect(nearestNames('wep2', names)[0]).toBe('web2');
    expect(nearestNames('kubernetes', names)).toEqual([]);
  });
});

describe('a request that names no machine', () => {
  const both: TargetContext = { threadAgentIds: ['id-web1', 'id-web2'], channelAgentIds: ['id-db1'] };

  it.each([
    'check memory',
    'check memory here',
    'is docker running on this machine',
    'is docker running on this server?',
    'is docker running on the server',
    'restart it on it',
    'vérifie la mémoire ici',
    'vérifie la mémoire sur cette machine',
    'Speicher auf diesem Server',
    '여기서 메모리 확인해줘',
    '이 서버에서 메모리 확인해줘',
  ])("%j means the thread's machines, then the channel's", (request) => {
    expect(namesOf(resolve(request, all, both))).toBe('web1 web2');
    expect(namesOf(resolve(request, all, { ...both, threadAgentIds: [] }))).toBe('db1');
  });

  it('means the only machine there is', () => {
    expect(namesOf(resolve('check memory', [db1]))).toBe('db1');
  });

  it('is asked about when there are several', () => {
    expect(resolve('check memory', [web2, db1])).toEqual({
      kind: 'ask',
      sentence: { code: 'machine_missing', text: expect.stringContaining('2 machines') },
      options: ['db1', 'web2'],
      words: 'check memory',
    });
  });

  it('is told that "here" is nowhere yet', () => {
    expect(resolve('check memory here')).toMatchObject({
      kind: 'ask',
      sentence: { code: 'machine_here_unknown', text: expect.stringMatching(/^"here" means/) },
    });
  });

  it('is asked about when the machines of the thread have left', () => {
    const left: TargetContext = { threadAgentIds: ['id-gone'], channelAgentIds: [] };
    expect(resolve('check memory', all, left).kind).toBe('ask');
  });

  it('is told how to start an agent when there is none', () => {
    expect(namesOf(resolve('check memory', []))).toBe('no_agents');
    expect(namesOf(resolve('check memory on db1', []))).toBe('no_agents');
  });
});

describe('machines named beside the request', () => {
  const on = (selector: string): Resolution => resolve('check memory', all, nowhere, selector);

  it.each([
    ['web1', 'web1'],
    ['web1 web2', 'machine_unknown'],
    ['web1, web2', 'web1 web2'],
    ['web1,db2', 'db2 web1'],
    ['role=db env=test', 'db2'],
    ['all', everything],
    ['all windows', 'win1 win2'],
    ['windows', 'win1 win2'],
    ['web*', 'web1 web2'],
    ['nothing like that', 'machine_unknown'],
    ['wbe1', 'machine_unknown'],
  ])('%j means %s', (selector, machines) => {
    expect(namesOf(on(selector))).toBe(machines);
  });

  const words = 'check memory on db1';

  it('are asked about where the words name others: nobody is taken at half their word', () => {
    expect(resolve(words, all, nowhere, 'web1')).toEqual({
      kind: 'ask',
      sentence: {
        code: 'machines_differ',
        text: expect.stringContaining('says "db1", but beside it (--on) stands web1'),
      },
      options: ['web1', 'db1'],
      words: 'check memory',
    });
  });

  it('are not asked about where the words name the same, none, or what may be no machine', () => {
    expect(namesOf(resolve('check memory on db1 and db2', all, nowhere, 'role=db'))).toBe('db1 db2');
    expect(namesOf(resolve('check memory here', all, nowhere, 'web1'))).toBe('web1');
    expect(namesOf(resolve('what happened on monday', all, nowhere, 'web1'))).toBe('web1');
  });

  it('win over the words once they are the answer to a question', () => {
    const answered = { ...nowhere, isAnswered: true };
    expect(resolve(words, all, answered, 'web1')).toMatchObject({
      targets: [{ name: 'web1' }],
      words: 'check memory',
    });
  });

  it.each(['all', 'here', 'linux', 'this'])('are first of all names: a machine may be called %j', (name) => {
    const named = agentWith(name);
    expect(namesOf(resolve('check memory', [db1, named], nowhere, name))).toBe(name);
  });
});

describe('the bounds', () => {
  const many = Array.from({ length: targetsMax + 1 }, (_, i) => agentWith(`node${i}`));

  it('a card takes only so many machines', () => {
    expect(namesOf(resolve('check memory on all', many))).toBe('machines_too_many');
    expect(resolve('check memory on all', many.slice(1)).kind).toBe('resolved');
  });

  it('a machine that is meant twice counts once', () => {
    expect(resolve('check memory on node1 and node*', many.slice(1)).kind).toBe('resolved');
  });

  it('machines stand in the order in which people count', () => {
    const resolution = resolve('check memory on all', [
      agentWith('db10'),
      agentWith('db9'),
      agentWith('db1'),
    ]);
    expect(namesOf(resolution)).toBe('db1 db9 db10');
  });

  it('a glob made to be slow is answered at once: one that tried every way would not end in this life', () => {
    const slow = `check memory on ${'a*'.repeat(60)}b`;
    expect(namesOf(resolve(slow, [agentWith('a'.repeat(63)), db1]))).toBe('machines_none_match');
  });
});
