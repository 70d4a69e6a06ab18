import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Language } from '../../src/core/language.ts';
import { loadRunbooks } from '../../src/runbooks/load.ts';
import { readOutput } from '../../src/runbooks/read.ts';

const runbooks = await loadRunbooks(join(import.meta.dirname, '../../runbooks'));
const read = (name: string, language: Language, parameters: Record<string, string>, ...lines: string[]) => {
  const runbook = runbooks.find((r) => r.name === name);
  if (runbook === undefined) throw new Error(name);
  return readOutput(runbook, 'linux', language, parameters, lines.join('\n'));
};

describe('the reading of time-sync', () => {
  const now = 'now: 2026-03-01 09:15:30 CET +0100';
  const zone = '                Time zone: Europe/Berlin (CET, +0100)';

  it('says that the clock is synchronised, by what, and how far it is off', () => {
    const synced = 'System clock synchronized: yes';
    const offset = 'System time     : 0.000412000 seconds slow of NTP time';
    expect(read('time-sync', 'en', {}, now, zone, synced, 'client: chronyd', offset)).toMatchObject({
      words:
        'It is 2026-03-01 09:15:30 (Europe/Berlin (CET, +0100)). The clock is synchronised by chronyd, 0.4 ms slow.',
      ok: true,
    });
  });

  it.each([
    ['en', 'is not synchronised'],
    ['fr', "n'est pas synchronisée"],
    ['de', 'nicht synchronisiert'],
    ['ko', '동기화되어 있지 않습니다'],
  ] as const)('marks a clock that is not, in %s', (language, said) => {
    const reading = read(
      'time-sync',
      language,
      {},
      now,
      zone,
      'System clock synchronized: no',
      'client: none',
    );
    expect(reading.words).toContain(said);
    expect(reading.ok).toBe(false);
  });

  it('says that nothing synchronises where there is only the time', () => {
    const reading = read('time-sync', 'en', {}, now, 'Time zone: Etc/UTC', 'client: none');
    expect(reading.words).toContain('No program that synchronises the clock is running.');
    expect(reading.ok).toBe(false);
  });
});

describe('the reading of disk-usage', () => {
  // A shared disk: most of its 252 GiB belong to nobody here, and df counts its percentage without them.
  const root = 'overlay 264241152 30723277 75183554 30% /';

  it.each([
    ['en', '/ with 30 % (71.7 GiB of 101 GiB left)'],
    ['fr', '/ à 30 % (il reste 71,7 GiB sur 101 GiB)'],
    ['de', '/ mit 30 % (noch 71,7 GiB von 101 GiB frei)'],
    ['ko', '/: 30 % (101 GiB 중 71.7 GiB 남음)'],
  ] as const)('counts what can be used at all, so that the numbers agree, in %s', (language, said) => {
    const reading = read('disk-usage', language, {}, root);
    expect(reading.words?.replaceAll('Gio', 'GiB')).toContain(said);
    expect(reading.rows[0]?.value.replace(',', '.').replaceAll('Gio', 'GiB')).toBe(
      '30 % (29.3 GiB / 101 GiB)',
    );
  });
});

describe('the reading of file-search', () => {
  const parameters = { name: '*.conf', path: '/etc' };

  it('counts what was found and names the newest', () => {
    const lines = ['2026-02-01 10:00 120 /etc/a b.conf', '2025-02-01 10:00 80 /etc/c.conf', 'end of search'];
    expect(read('file-search', 'en', parameters, ...lines)).toMatchObject({
      words: '2 matches for *.conf in /etc. The newest: /etc/a b.conf (2026-02-01 10:00).',
      rows: [
        { label: '/etc/a b.conf', value: '2026-02-01 10:00, 120 B' },
        { label: '/etc/c.conf', value: '2025-02-01 10:00, 80 B' },
      ],
    });
  });

  it.each([
    ['en', 'Nothing named'],
    ['fr', 'Rien de nommé'],
    ['de', 'Nichts namens'],
    ['ko', '없습니다'],
  ] as const)('says in %s that there is nothing', (language, said) => {
    expect(read('file-search', language, parameters, 'end of search').words).toContain(said);
  });

  it('says that the search was stopped, and that a directory is missing', () => {
    const stopped = read('file-search', 'en', parameters, 'incomplete: find was stopped', 'end of search');
    expect(stopped.words).toContain('it took too long');
    expect(read('file-search', 'en', parameters, 'no such directory: /nope').words).toBe(
      'There is no directory /nope here.',
    );
  });
});
