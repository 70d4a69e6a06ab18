import { Language } from '../core/language.ts';
import { Figure, localDigits } from './figure.ts';

/** The number in a Liquid value, null for everything that is none (a missing fact, a word). */
const numberIn = (value: unknown): number | null => {
  const plain = value instanceof Figure ? value.valueOf() : value;
  if (typeof plain === 'number') return Number.isFinite(plain) ? plain : null;
  if (typeof plain !== 'string' || plain.trim() === '') return null;
  const number = Number(plain);
  return Number.isFinite(number) ? number : null;
};

/** At most `places` decimals, without zeros at the end. */
const digits = (value: number, places: number): string => String(Number(value.toFixed(places)));

const kibi = 1024;
const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const frenchByteUnits = ['o', 'Kio', 'Mio', 'Gio', 'Tio', 'Pio'] as const;

const bytesIn = (bytes: number, language: Language): string => {
  const units = language === Language.fr ? frenchByteUnits : byteUnits;
  const sign = bytes < 0 ? '-' : '';
  let value = Math.abs(bytes);
  let unit = 0;
  // Against the rounded value, so that 1023.99 KiB is 1 MiB rather than 1024 KiB.
  while (Math.round(value * 10) / 10 >= kibi && unit < units.length - 1) {
    value /= kibi;
    unit += 1;
  }
  const shown = digits(value, unit === 0 || value >= 100 ? 0 : 1);
  return `${sign}${localDigits(shown, language)} ${units[unit]}`;
};

type Spans = readonly (readonly [seconds: number, one: string, many: string])[];
const minuteS = 60;
const hourS = 3_600;
const dayS = 86_400;
const spansOf: Record<Language, Spans> = {
  en: [
    [dayS, ' day', ' days'],
    [hourS, ' h', ' h'],
    [minuteS, ' min', ' min'],
    [1, ' s', ' s'],
  ],
  fr: [
    [dayS, ' jour', ' jours'],
    [hourS, ' h', ' h'],
    [minuteS, ' min', ' min'],
    [1, ' s', ' s'],
  ],
  de: [
    [dayS, ' Tag', ' Tage'],
    [hourS, ' Std.', ' Std.'],
    [minuteS, ' Min.', ' Min.'],
    [1, ' Sek.', ' Sek.'],
  ],
  ko: [
    [dayS, '일', '일'],
    [hourS, '시간', '시간'],
    [minuteS, '분', '분'],
    [1, '초', '초'],
  ],
};

/** The two largest units that are not zero: nobody needs the seconds of three days. */
const durationIn = (seconds: number, language: Language): string => {
  const spans = spansOf[language];
  let rest = Math.round(Math.abs(seconds));
  const first = spans.findIndex(([length]) => rest >= length);
  if (first < 0) return `0${spans.at(-1)?.[1] ?? ''}`;
  const parts: string[] = [];
  for (const [length, one, many] of spans.slice(first, first + 2)) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count}${count === 1 ? one : many}`);
  }
  return `${seconds < 0 ? '-' : ''}${parts.join(' ')}`;
};

/** How a value is written out where a template shows it: numbers in the language's way, text untouched. */
export const shown = (value: unknown, language: Language): unknown => {
  if (value instanceof Figure) return localDigits(value.toString(), language);
  if (typeof value === 'number') return localDigits(digits(value, 2), language);
  return value;
};

/**
 * The filters beside Liquid's own (docs/runbooks.md, "Numbers"). One that gets no number gives nothing, so that
 * a missing fact leaves a gap and never a made-up zero.
 */
export const filtersFor = (language: Language): Record<string, (...values: unknown[]) => unknown> => ({
  bytes: (value) => {
    const bytes = numberIn(value);
    return bytes === null ? '' : bytesIn(bytes, language);
  },
  kib: (value) => {
    const kib = numberIn(value);
    return kib === null ? '' : bytesIn(kib * kibi, language);
  },
  percent_of: (value, of) => {
    const part = numberIn(value);
    const total = numberIn(of);
    return part === null || total === null || total === 0 ? '' : `${Math.round((100 * part) / total)} %`;
  },
  round: (value, places) => {
    const number = numberIn(value);
    return number === null ? '' : Number(number.toFixed(Math.min(10, Math.max(0, numberIn(places) ?? 0))));
  },
  duration: (value) => {
    const seconds = numberIn(value);
    return seconds === null ? '' : durationIn(seconds, language);
  },
  plural: (value, one, many) => {
    const count = Math.abs(numberIn(value) ?? 0);
    // French counts nothing and one and a half as one (CLDR plural rules).
    return (language === Language.fr ? count < 2 : count === 1) ? one : many;
  },
});
