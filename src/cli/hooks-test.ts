import { readFile } from 'node:fs/promises';
import { iso } from '../core/iso.ts';
import type { TriedHook } from '../http/hook-admin.ts';
import type { ApiClient } from './client.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';
import { plain } from './render-card.ts';

/** `nerdy hooks test`: what a payload would come to. Nothing is stored, posted or run. @param path `-` reads stdin. */
export const testHookCommand = async (
  client: ApiClient,
  source: string,
  path: string,
  options: { json: boolean; channel?: string; mapping?: string },
): Promise<ExitCode> => {
  const payload = await textAt(path);
  const { json, channel, mapping } = options;
  const tried = await client.testHook({
    source,
    payload,
    channel: channel ?? null,
    mapping: mapping ?? null,
  });
  if (json) printJson(tried);
  else if (tried.note !== null) console.log(plain(`No alert would come of this: ${tried.note}`));
  else console.log(tried.alerts.map(wordsOf).join('\n\n'));
  return ExitCode.done;
};

const textAt = async (path: string): Promise<string> => {
  if (path === '-') {
    const parts: Buffer[] = [];
    for await (const part of process.stdin) parts.push(part as Buffer);
    return Buffer.concat(parts).toString('utf8');
  }
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError(
      `${path} can't be read: ${(error as Error).message}. Give the file that holds the payload.`,
      ExitCode.usage,
    );
  }
};

const wordsOf = ({ alert, machine, machineWhy, channels }: TriedHook['alerts'][number]): string => {
  const level = [alert.severity, alert.level].filter((word) => word !== null);
  const rows: [string, string | null][] = [
    ['status', [alert.status, ...new Set(level)].join(', ')],
    ['summary', alert.summary],
    ['value', alert.value],
    ['began', alert.startsAt === null ? null : iso(alert.startsAt)],
    ['ended', alert.endsAt === null ? null : iso(alert.endsAt)],
    ['key', alert.key],
    ['group', alert.group === alert.key ? null : alert.group],
    [
      'labels',
      Object.entries(alert.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join('  ') || null,
    ],
    ['read as machines', alert.machines.map(({ value, from }) => `${value} (${from})`).join(', ') || null],
    ['machine', `${machine ?? 'a person is asked'}: ${machineWhy}`],
    ...channels.map(({ surface, channel, why }): [string, string] => [
      'goes to',
      `${surface}:${channel}: ${why}`,
    ]),
    ...(channels.length === 0
      ? [['goes to', 'no channel; it stands in `npx nerdy alerts`'] as [string, string]]
      : []),
    ['link', alert.link],
  ];
  const shown = rows.filter((row): row is [string, string] => row[1] !== null);
  return [
    paint.bold(plain(alert.title)),
    ...shown.map(
      ([name, said]) =>
        `  ${paint.dim(name.padEnd(16))} ${plain(said).replaceAll('\n', '\n                   ')}`,
    ),
  ].join('\n');
};
