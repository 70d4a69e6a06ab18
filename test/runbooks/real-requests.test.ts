import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunbookDrafter } from '../../src/runbooks/drafter.ts';
import { retrievalScoreMin } from '../../src/runbooks/limits.ts';
import { loadRunbooks } from '../../src/runbooks/load.ts';
import { findParameters } from '../../src/runbooks/parameters.ts';
import { createRetriever } from '../../src/runbooks/retrieve.ts';

const runbooks = await loadRunbooks(join(import.meta.dirname, '../../runbooks'));
const retriever = createRetriever(runbooks);

/** The runbook that a request gets without being asked for more, with its parameters; null for none. */
const answer = (request: string): string | null => {
  const [best] = retriever.retrieve(request);
  if (best === undefined || best.score < retrievalScoreMin) return null;
  const { values, missing } = findParameters(best.runbook, request, retriever);
  if (missing.length > 0) return null;
  const said = Object.keys(values).filter((name) => best.runbook.parameters[name]?.count === null);
  return [best.runbook.name, ...said.map((name) => values[name])].join(' ');
};

describe('requests as people put them', () => {
  it.each([
    ['Show memory utilization', 'memory'],
    ['get total memory used', 'memory'],
    ['top 10 memory consumers', 'memory'],
    ['top 3 CPU consumers', 'cpu'],
    ['(Linux) print the CPU usage', 'cpu'],
    ['show free space on all filesystems', 'disk-usage'],
    ['what is filling up /home', 'disk-largest /home'],
    ['print the hostname of this box', 'system-info'],
    ['kernel name and release', 'system-info'],
    ['all running processes with a name matching java', 'process-search java'],
    ['cron jobs of the current user', 'cron-jobs'],
    ['the last 200 log lines of mariadb', 'service-logs mariadb'],
    ['is the billing service running?', 'service-status billing'],
    ['status of billing', 'service-status billing'],
    ['is mariadb up?', 'service-status mariadb'],
    ['send 3 pings to 192.0.2.7', 'ping 192.0.2.7'],
    ['get the IP address of the domain example.org', 'dns-lookup example.org'],
    ['who is currently logged on', 'logged-in-users'],
    ['failed units?', 'services-failed'],
    ['system errors since this morning', 'system-logs-errors'],
    ['find all files named *.service in /etc', 'file-search *.service /etc'],
    ['where is sshd_config', 'file-search sshd_config /'],
    ['is the clock in sync', 'time-sync'],
    ['Prozessorauslastung', 'cpu'],
    ['RAM-Belegung', 'memory'],
    ['Systemauslastung', 'health'],
    ['freier Speicherplatz', 'disk-usage'],
    ['mémoire disponible', 'memory'],
    ['charge de la machine', 'cpu'],
    ['où est php.ini', 'file-search php.ini /'],
    ['메모리사용량', 'memory'],
    ['서버 부하', 'cpu'],
    ['billing 로그 보여줘', 'service-logs billing'],
    ['php.ini 파일 어디 있어?', 'file-search php.ini /'],
  ])('"%s" is answered by: %s', (request, expected) => {
    expect(answer(request)).toBe(expected);
  });
});

describe('how many is asked for', () => {
  const drafter = new RunbookDrafter(runbooks, retriever);
  const draft = (words: string, platform: 'linux' | 'windows' = 'linux') =>
    drafter.draft({ words, platforms: [platform], before: [], context: null }, new AbortController().signal);

  it.each([
    ['the last 100 log lines of mariadb', '--lines 100'],
    ['mariadb logs, last 7', '--lines 7'],
    ['les 20 dernières lignes de log de mariadb', '--lines 20'],
    ['letzte 30 Logzeilen von mariadb', '--lines 30'],
    ['mariadb 로그 마지막 15줄 보여줘', '--lines 15'],
    ['tail -n 20 /var/log/dpkg.log', 'tail -n 20'],
    ['last 200 lines of /var/log/dpkg.log', 'tail -n 200'],
    ['docker logs web last 200 lines', "--tail 200 'web'"],
    ['die letzten 5 Zeilen des nginx-Fehlerlogs', 'tail -n 5'],
    ['last 10 errors in the system log', '--lines 10'],
    ['top 5 processes', 'head -n $((1 + 5))'],
    ['top five processes', 'head -n $((1 + 5))'],
    ['상위 5개 프로세스', 'head -n $((1 + 5))'],
    ['top 3 CPU consumers', 'head -n $((7 + 3))'],
    ['top 10 memory consumers', 'head -n $((1 + 10))'],
    ['the 20 biggest files', 'head -n 20'],
    ['biggest 3 directories in /var', 'head -n $((1 + 3))'],
  ])('%j stands in the script: %s', async (words, part) => {
    const found = await draft(words);
    expect(found).toMatchObject({ kind: 'script', notice: null });
    expect(found.kind === 'script' && found.scripts[0]?.text).toContain(part);
  });

  it('is the usual number where nobody says one', async () => {
    expect(await draft('logs of mariadb')).toMatchObject({
      scripts: [{ text: expect.stringContaining('--lines 50') }],
    });
  });

  it('is said in the summary above the script', async () => {
    expect(await draft('last 7 log lines of mariadb')).toMatchObject({
      summary: 'Shows the last 7 log lines of a service.',
    });
  });

  it('has a bound, and the card says so', async () => {
    const found = await draft('last 99999 log lines of mariadb');
    expect(found).toMatchObject({
      scripts: [{ text: expect.stringContaining('--lines 1000') }],
      notice: { code: 'count_capped', text: expect.stringContaining('99999 were asked for') },
    });
  });

  it('is no name of a service', async () => {
    for (const words of [
      'show me the last 100 lines of the system log',
      'the last 100 lines',
      'logs, last 20',
    ])
      expect(JSON.stringify(await draft(words))).not.toContain("'100'");
  });

  it('goes into PowerShell as well', async () => {
    expect(await draft('top 5 processes', 'windows')).toMatchObject({
      scripts: [{ text: expect.stringContaining('-First 5') }],
    });
  });
});

describe('words that may follow "on db1 and"', () => {
  const drafter = new RunbookDrafter(runbooks, retriever);

  it.each([
    'memory',
    'uptime',
    'please',
    'nginx',
    'restart',
    'Speicher',
    'bitte',
    'mémoire',
    '메모리',
    'memroy',
  ])('%j is plain', (word) => expect(drafter.knowsWord(word)).toBe(true));

  it.each(['nosuch', 'zebra', 'gandalf', 'db17', 'web-front'])('%j may be a machine', (word) =>
    expect(drafter.knowsWord(word)).toBe(false),
  );
});

describe('a bare noun', () => {
  const drafter = new RunbookDrafter(runbooks, retriever);
  const drafted = async (words: string, before: string[] = []): Promise<string> => {
    const draft = await drafter.draft(
      { words, platforms: ['linux'], before, context: null },
      new AbortController().signal,
    );
    return draft.kind === 'script' ? `${draft.runbook?.name} ${draft.language}` : `nothing ${draft.language}`;
  };

  it.each([
    [
      'disk-usage en',
      'disk',
      'disk?',
      'the disk?',
      'and disk',
      'and the disk?',
      'what about the disk?',
      'the disks',
    ],
    ['disk-usage de', 'und die Festplatte?', 'die Platte', 'Platte', 'Plattenplatz'],
    ['disk-usage fr', 'et le disque ?', 'disque', 'le disque'],
    ['disk-usage ko', '디스크는?', '디스크'],
    ['memory en', 'memory', 'and the memory?', 'RAM', 'the ram?'],
    ['memory de', 'und der Speicher?', 'Arbeitsspeicher?'],
    ['memory fr', 'et la mémoire ?'],
    ['memory ko', '메모리는?'],
    ['cpu en', 'the cpu', 'and the CPU?', 'load'],
    ['cpu de', 'und die CPU?'],
    ['cpu fr', 'et le processeur ?'],
    ['cpu ko', 'CPU는?', '프로세서는?'],
    ['network-interfaces en', 'network', 'and the network?'],
    ['network-interfaces de', 'und das Netzwerk?'],
    ['network-interfaces fr', 'et le réseau ?'],
    ['network-interfaces ko', '네트워크는?'],
    ['swap en', 'swap', 'and swap?'],
    ['swap de', 'und der Swap?'],
    ['swap fr', 'et le swap ?'],
    ['swap ko', '스왑은?'],
    ['services-running en', 'services', 'and the services?'],
    ['services-running de', 'und die Dienste?'],
    ['services-running fr', 'et les services ?'],
    ['services-running ko', '서비스는?'],
    ['system-logs-errors en', 'logs', 'the logs?'],
    ['system-logs-errors de', 'und die Logs?'],
    ['system-logs-errors fr', 'et les logs ?'],
    ['system-logs-errors ko', '로그는?'],
    ['processes en', 'the processes?'],
    ['processes de', 'und die Prozesse?'],
    ['processes fr', 'et les processus ?'],
    ['processes ko', '프로세스는?'],
  ])('finds the general runbook of its subject in its own language: %s', async (expected, ...words) => {
    for (const said of words) expect(`${said}: ${await drafted(said)}`).toBe(`${said}: ${expected}`);
  });

  it('is answered as the second question of the README', async () => {
    expect(await drafted('check memory')).toBe('memory en');
    expect(await drafted('and the disk?', ['check memory on db1'])).toBe('disk-usage en');
  });

  it('speaks the language of the conversation where it tells none itself', async () => {
    expect(await drafted('disk?', ['Speicher auf db1 prüfen'])).toBe('disk-usage de');
    expect(await drafted('disk?', ['vérifie la mémoire sur db1', 'cpu?'])).toBe('disk-usage fr');
    expect(await drafted('and the disk?', ['Speicher auf db1 prüfen'])).toBe('disk-usage en');
  });
});

describe('requests that no runbook answers', () => {
  it.each([
    // A common noun where an example has a name.
    'show the audit log',
    'show the self-check log',
    'svn status',
    'printer status',
    'status of the printer',
    'Status der Heizung',
    "état de l'imprimante",
    'git 상태',
    'resolve the conflict',
    'show process tree',
    'reverse dns lookup',
    'show my public ip',
    // Some one of a kind, which isn't named.
    'information about a package',
    'show details of a given process',
    'zeige Informationen zu einem Paket',
    'what is a container?',
    // Only a subject's name in common.
    'list docker images',
    'docker info',
    'nginx',
    'check disk health',
    'list users',
    'show kernel modules',
    'list branches',
    // What the script can't honour.
    'memory usage every 5 seconds',
    'search a pattern in all files, ignoring binary ones',
    'files modified in the last 5 minutes',
    // Orders.
    'kill containers',
    'stop all containers',
    'removes all stopped containers',
    'prune docker images',
    'clean disk space',
    'free up memory',
    'disable all swap areas',
    'enable swap',
    'flush dns cache',
    'remove user bob',
    'power off',
    'start docker',
    'suspend the nginx service',
    'export the network configuration',
    'set the hostname to web1',
    'change the timezone',
    'sync the clock now',
    'find and delete *.tmp in /tmp',
    'connect to a host via ssh',
    'run a command in a container',
    'repair the file system',
    'write to /etc/hosts',
    'vide le cache DNS',
    'désactive le swap',
    'stoppe alle Container',
    'Uhr synchronisieren',
    '시간 동기화해줘',
    '스왑 비활성화해줘',
    '도커 시작해줘',
  ])('"%s"', (request) => {
    expect(answer(request)).toBeNull();
  });
});
