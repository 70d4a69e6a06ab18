/** When something is asked again and again, as cron has it, and the time zone where the words name one. */
export interface Schedule {
  cron: string;
  timezone: string | null;
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/**
 * Reads "every 5 minutes", "hourly", "every weekday at 7:30 in Europe/Berlin", or five fields of cron. Null for what is
 * none of these; also for what cron can't say evenly, as "every 7 minutes".
 */
export const parseSchedule = (text: string): Schedule | null => {
  const { words, timezone } = withoutZone(text.trim().replace(/^[`"“']|[`"”']$/g, ''));
  const plain = words.toLowerCase().replace(/^(?:every|each)\s+/, '');
  const cron = cronFields.test(plain) ? plain : (intervalCron(plain) ?? dayCron(plain));
  return cron === null ? null : { cron, timezone };
};

/** As a person would say it; what has no such words stands as cron has it. */
export const scheduleWords = (cron: string): string => {
  const [minute = '', hour = '', day, month, week = ''] = cron.trim().split(/\s+/);
  const asIs = `by the schedule "${cron}"`;
  if (day !== '*' || month !== '*') return asIs;
  if (hour === '*' && week === '*') {
    if (minute === '*' || minute === '*/1') return 'every minute';
    if (/^\*\/\d+$/.test(minute)) return `every ${minute.slice(2)} minutes`;
    return minute === '0' ? 'every hour' : asIs;
  }
  if (minute === '0' && week === '*' && /^\*\/\d+$/.test(hour)) return `every ${hour.slice(2)} hours`;
  if (!/^\d{1,2}$/.test(minute) || !/^\d{1,2}$/.test(hour)) return asIs;
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  if (week === '*') return `every day at ${time}`;
  if (week === '1-5') return `every weekday at ${time}`;
  const name = weekdays[Number(week)];
  return name === undefined ? asIs : `every ${name[0]?.toUpperCase()}${name.slice(1)} at ${time}`;
};

const cronFields = /^(?:[\d*/,-]+\s+){2}(?:[\d*/,l?w-]+)\s+[\d*/,a-z-]+\s+[\d*/,a-z#?-]+$/;

/** "… in Europe/Berlin", "… UTC", "… Europe/Berlin time" at the end. */
const withoutZone = (text: string): { words: string; timezone: string | null } => {
  const found = /^(.+?)\s+(?:in\s+)?\(?([A-Z][A-Za-z_]*\/[A-Za-z_/+-]+|UTC|GMT)\)?(?:\s+time)?$/.exec(text);
  return { words: found?.[1] ?? text, timezone: found?.[2] ?? null };
};

/** Only what divides its whole evenly: cron begins each hour and each day anew. */
const intervalCron = (words: string): string | null => {
  if (words === 'hourly') return '0 * * * *';
  const found = /^(?:(\d{1,2})\s*)?(minutes?|mins?|m|hours?|hrs?|h)$/.exec(words);
  if (!found) return null;
  const count = Number(found[1] ?? 1);
  const isHours = found[2]?.startsWith('h') === true;
  const whole = isHours ? 24 : 60;
  if (count < 1 || whole % count !== 0) return null;
  if (count === whole) return isHours ? '0 0 * * *' : '0 * * * *';
  const step = count === 1 ? '*' : `*/${count}`;
  return isHours ? `0 ${step} * * *` : `${step} * * * *`;
};

const dayCron = (words: string): string | null => {
  const found = /^(daily|day|weekday|working day|[a-z]+?day)s?(?:\s+at\s+(.+))?$/.exec(words);
  if (!found) return null;
  const time = found[2] === undefined ? { hour: 0, minute: 0 } : timeOf(found[2]);
  const day = dayField(found[1] ?? '');
  return time === null || day === null ? null : `${time.minute} ${time.hour} * * ${day}`;
};

const dayField = (word: string): string | null => {
  if (word === 'daily' || word === 'day') return '*';
  if (word === 'weekday' || word === 'working day') return '1-5';
  const at = weekdays.indexOf(word);
  return at < 0 ? null : String(at);
};

const timeOf = (words: string): { hour: number; minute: number } | null => {
  if (words === 'noon') return { hour: 12, minute: 0 };
  if (words === 'midnight') return { hour: 0, minute: 0 };
  const found = /^(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?(?:\s*(?:h|uhr|o'clock))?$/.exec(words);
  if (!found) return null;
  const said = Number(found[1]);
  const minute = Number(found[2] ?? 0);
  const half = found[3];
  if (half && (said < 1 || said > 12)) return null;
  const hour = half ? (said % 12) + (half === 'pm' ? 12 : 0) : said;
  return hour > 23 || minute > 59 ? null : { hour, minute };
};
