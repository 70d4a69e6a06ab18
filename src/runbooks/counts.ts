import { fold } from './stem.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/).map(fold));

/** What stands before a number that says how many: "the last 20", "les 5 derniers", "상위 5개". */
const before = words(`
  last latest newest recent top first tail head only n lines
  dernier derniers derniere dernieres premier premiers premieres
  letzte letzten letzter neueste neuesten neusten erste ersten oberste obersten
  마지막 최근 최신 상위 처음 가장`);

/** What stands after one: the things that are counted, or which of them. */
const after = words(`
  line lines entry entries message messages row rows result results process processes file files directory directories
  folder folders error errors event events consumers biggest largest heaviest busiest hungriest newest latest most
  ligne lignes entrees messages resultats processus fichiers dossiers repertoires erreurs plus dernier derniers dernieres
  premiers premieres gros grands
  zeile zeilen logzeilen eintrage meldungen ergebnisse prozesse prozessen dateien ordner verzeichnisse fehler letzten
  neuesten grossten ersten
  줄 라인 개 개의 행 건 가지 프로세스 파일 디렉터리`);

/** What makes of a number a time, a size or a share: "the last 24 hours", "50 %". */
const units = words(`
  second seconds sec minute minutes min hour hours day days week weeks month months percent % b kb mb gb tb kib mib gib
  seconde secondes heure heures jour jours semaine semaines mois
  sekunde sekunden minuten stunde stunden tag tage tagen woche wochen monat monate prozent
  초 분 시간 일 주 주일 달 개월 퍼센트`);

/** Numbers that people write as words, where they stand where a count does. */
const written: Readonly<Record<string, number>> = {
  three: 3,
  five: 5,
  ten: 10,
  twenty: 20,
  cinq: 5,
  dix: 10,
  vingt: 20,
  funf: 5,
  zehn: 10,
  zwanzig: 20,
};

/** A word as it was typed, in its folded parts: "50줄" is "50 줄". */
interface Keyed {
  key: string;
  quoted: boolean;
}

/**
 * How many is asked for, at the word that says it ("the last 100 lines" → 100); null where none does. A number that
 * stands by itself ("port 443", "error 502") is about what it says and counts nothing.
 */
export const countAt = (said: readonly Keyed[], at: number): number | null => {
  const word = said[at];
  if (word === undefined || word.quoted) return null;
  const [digits = '', counter] = word.key.split(' ');
  const count = /^\d{1,9}$/.test(digits) ? Number(digits) : written[digits];
  if (count === undefined) return null;
  const next = counter ?? said[at + 1]?.key.split(' ')[0] ?? '';
  const previous = said[at - 1]?.key.split(' ').at(-1) ?? '';
  if (units.has(next)) return null;
  return before.has(previous) || after.has(next) ? count : null;
};
