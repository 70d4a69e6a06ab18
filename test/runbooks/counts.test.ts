import { describe, expect, it } from 'vitest';
import { takeApart } from '../../src/runbooks/tokens.ts';

const countOf = (request: string): number | null =>
  takeApart(request).words.find((w) => w.count !== null)?.count ?? null;

describe('how many a request asks for', () => {
  it.each([
    ['show the last 100 lines', 100],
    ['top 5', 5],
    ['top ten processes', 10],
    ['5 biggest files', 5],
    ['letzte 50 Zeilen', 50],
    ['die 20 größten Dateien', 20],
    ['zeige die letzten zehn Zeilen', 10],
    ['les 20 dernières lignes', 20],
    ['les 5 plus gros fichiers', 5],
    ['les cinq derniers messages', 5],
    ['마지막 50줄', 50],
    ['상위 5개 프로세스', 5],
    ['journalctl --lines 30', 30],
    ['tail -n 20 /var/log/syslog', 20],
  ])('%j: %d', (request, count) => expect(countOf(request)).toBe(count));

  it.each([
    'what listens on port 443',
    'errors of the last 24 hours',
    'Fehler der letzten 30 Minuten',
    'les erreurs des dernières 24 heures',
    '최근 24시간 오류',
    'files larger than 100 MB',
    'disks above 90 %',
    'error 502 in the log',
    'service 7 status',
    'show the last "100" lines',
    'the top process',
  ])('%j: nothing', (request) => expect(countOf(request)).toBeNull());
});
