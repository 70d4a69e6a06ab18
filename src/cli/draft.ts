import { createInterface } from 'node:readline';
import { z } from 'zod';
import { interpreterOf } from '../core/script.ts';
import { Platform } from '../core/task.ts';
import type { Draft, Drafter } from '../ports/drafter.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { printJson } from './print-json.ts';
import { plain } from './render-card.ts';

/** Drafts at once in `--jsonl`; order is kept all the same. */
const draftsAtOnce = 8;

const row = z.object({ request: z.string(), os: z.enum(Platform).default('linux') });

/** `nerdy draft "<request>"`: drafts only. Nothing is stored and nothing runs. */
export const draftCommand = async (
  drafter: Drafter,
  request: string,
  options: { os: string; json: boolean },
): Promise<ExitCode> => {
  const platform = row.shape.os.safeParse(options.os);
  if (!platform.success) {
    throw new CliError(`--os must be one of ${Object.values(Platform).join(', ')}.`, ExitCode.usage);
  }
  const draft = await draftOne(drafter, request, platform.data);
  if (options.json) printJson(rowOf(draft, platform.data));
  else if (draft.kind === 'script')
    console.log(`${plain(draft.summary)}\n\n${plain(draft.scripts[0]?.text ?? '')}`);
  else console.error(plain(draft.sentence.text));
  return draft.kind === 'script' ? ExitCode.done : ExitCode.endedBadly;
};

/** `nerdy draft --jsonl`: a row for each row, in order; a row that can't be read gets its own error. */
export const draftRows = async (drafter: Drafter, input: NodeJS.ReadableStream): Promise<ExitCode> => {
  const pending: Promise<object>[] = [];
  const printFirst = async (): Promise<void> => printJson(await pending.shift());
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    pending.push(draftRow(drafter, line));
    if (pending.length >= draftsAtOnce) await printFirst();
  }
  while (pending.length > 0) await printFirst();
  return ExitCode.done;
};

const draftRow = async (drafter: Drafter, line: string): Promise<object> => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'error', error: 'the row is not JSON' };
  }
  const parsed = row.safeParse(value);
  if (!parsed.success)
    return { kind: 'error', error: 'the row needs "request", and "os" of linux, windows or macos' };
  const { request, os } = parsed.data;
  try {
    return rowOf(await draftOne(drafter, request, os), os);
  } catch (err) {
    // One row's fault must not take the others with it.
    return { kind: 'error', error: `drafting failed: ${err instanceof Error ? err.message : String(err)}` };
  }
};

const draftOne = (drafter: Drafter, words: string, platform: Platform): Promise<Draft> =>
  drafter.draft({ words, platforms: [platform], before: [], context: null }, new AbortController().signal);

const rowOf = (draft: Draft, platform: Platform): object =>
  draft.kind === 'script'
    ? {
        kind: 'script',
        script: draft.scripts[0]?.text ?? '',
        interpreter: interpreterOf(platform),
        runbook: draft.runbook?.name ?? null,
        score: draft.score,
        ...(draft.notice ? { notice: draft.notice.text } : {}),
      }
    : {
        kind: 'nothing',
        script: null,
        interpreter: interpreterOf(platform),
        runbook: null,
        score: null,
        sentence: draft.sentence.text,
        nearest: draft.nearest.map((n) => n.request),
      };
