import { describe, expect, it } from 'vitest';
import { conceptsOf, koreanConcept } from '../../src/runbooks/concepts.ts';
import { takeApart } from '../../src/runbooks/tokens.ts';

const tokens = (text: string): string[] => takeApart(text).words.flatMap((w) => w.tokens.map((t) => t.text));

describe('words of the domain', () => {
  it.each([
    ['RAM usage', 'Speicherverbrauch'],
    ['memory utilization', 'memory utilisation'],
    ['memory usage', 'Arbeitsspeicher-Auslastung'],
    ['disk space', 'Speicherplatz'],
    ['disk usage', 'Festplattenbelegung'],
    ['usage disk', 'utilisation du disque'],
    ['network interfaces', 'Netzwerkschnittstellen'],
    ['memory usage', '메모리 사용량'],
    ['memory usage', '메모리사용률'],
    ['cpu load', '프로세서 부하'],
    ['host name', 'Hostname'],
    ['hostname', "nom d'hôte"],
    ['hostname', '호스트 이름'],
    ['log lines', 'Logzeilen'],
    ['certificate expiry', 'Zertifikatsablauf'],
  ])('"%s" and "%s" say the same', (one, other) => {
    expect(tokens(other)).toEqual(tokens(one));
  });

  it.each(['download', 'portal', 'topology', 'subsystem', 'payload', 'a'.repeat(4_000)])(
    'takes no known beginning out of "%s"',
    (word) => {
      expect(conceptsOf(word)).toBeNull();
    },
  );

  it('tells 로그인 from 로그', () => {
    expect(koreanConcept('로그인')?.concepts).toEqual(['login']);
    expect(koreanConcept('로그')?.concepts).toEqual(['log']);
  });

  it('reads an aside, and gives it little weight', () => {
    const [word] = takeApart('(linux) uptime').words;
    expect(word?.tokens[0]?.share).toBeLessThan(0.2);
  });
});

describe('verbs', () => {
  it.each([
    ['Stops the service nginx', ['stop']],
    ['sync the clock', ['change']],
    ['could you please sync the clock', ['change']],
    ['please open port 80', ['allow']],
    ['time sync status', []],
    ['sync status', []],
    ['updates for nginx', []],
    ['send a ping to web1', []],
    ['send the report to bob', ['send']],
    ['release version 3', ['send']],
    ['kernel release', []],
    ['켜져 있어?', []],
    ['켜줘', ['start']],
    ['시간 동기화해줘', ['change']],
    ['시간 동기화됐어?', []],
  ])('of "%s": %j', (request, actions) => {
    expect(takeApart(request).actions).toEqual(actions);
  });
});
