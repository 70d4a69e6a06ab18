import { iso } from '../core/iso.ts';
import type { Run } from '../core/run.ts';
import { runWords, tookWords } from '../core/run-words.ts';
import { visible } from '../core/visible.ts';
import type { OutputFile } from '../ports/chat.ts';
import type { OutputStream, Store, TaskRecord } from '../ports/store.ts';
import { outputFileBytesMax } from './limits.ts';
import { wholeHead, wholeTail } from './whole-characters.ts';

/**
 * What the runs of a task printed, as one file: a heading for each machine, then its streams as they are kept, which is
 * redacted. The machines share the file's bound: what one leaves is there for those after it, and what a stream
 * doesn't get is said in its place.
 *
 * @param name of the file, without its ending.
 */
export const outputFile = async (
  store: Store,
  { task, runs }: TaskRecord,
  name: string,
  bytesMax = outputFileBytesMax,
): Promise<OutputFile> => {
  const title = `Output of #${task.number}`;
  const pieces = [
    text(
      `${title}: ${oneLine(task.request)}\nAsked by ${oneLine(task.asker.name)}, ${iso(task.createdAt)}\n`,
    ),
  ];
  let left = bytesMax;
  for (const [i, run] of runs.entries()) {
    const share = Math.floor(left / (runs.length - i));
    const stderr = await streamOf(store, run, 'stderr', Math.min(run.stderrBytes, Math.ceil(share / 2)));
    const stdout = await streamOf(store, run, 'stdout', share - stderr.bytes);
    left -= stdout.bytes + stderr.bytes;
    pieces.push(text(headingOf(run)), ...stdout.pieces, ...stderr.pieces);
  }
  return { name: `${name}.txt`, title, bytes: Buffer.concat(pieces) };
};

const headingOf = (run: Run): string => {
  const { startedAt, endedAt } = run;
  const took = startedAt !== null && endedAt !== null ? `, ${tookWords(endedAt - startedAt)}` : '';
  const why = run.sentence ? `${oneLine(run.sentence.text)}\n` : '';
  const silent = run.stdoutBytes + run.stderrBytes === 0 ? '(no output)\n' : '';
  return `\n==== ${run.agentName}: ${runWords(run)}${took} ====\n${why}${silent}`;
};

/** Head and tail of what is kept, each half of the share where all of it is too much. `bytes` are those of the stream. */
const streamOf = async (
  store: Store,
  run: Run,
  stream: OutputStream,
  bytesMax: number,
): Promise<{ pieces: Buffer[]; bytes: number }> => {
  const isOut = stream === 'stdout';
  const kept = isOut ? run.stdoutBytes : run.stderrBytes;
  if (kept === 0) return { pieces: [], bytes: 0 };
  const cutAt = isOut ? run.stdoutCutAt : run.stderrCutAt;
  const part = (from: number, to: number): Promise<Buffer> =>
    store.readOutput(run.id, stream, from, to - from);
  const half = Math.floor(bytesMax / 2);
  const headEnd = kept <= bytesMax ? (cutAt ?? kept) : Math.min(half, cutAt ?? kept);
  const tailStart = kept <= bytesMax ? headEnd : Math.max(kept - half, cutAt ?? 0);
  const out = tailStart - headEnd;
  const isCut = out > 0 || cutAt !== null;
  const head = await part(0, headEnd);
  const tail = await part(tailStart, kept);
  const pieces = [
    text(`---- ${stream}, ${kept} bytes ----\n`),
    ended(isCut ? wholeHead(head) : head),
    text(cutAt === null ? '' : cutWords),
    text(out > 0 ? leftOutWords(out) : ''),
    ended(isCut ? wholeTail(tail) : tail),
  ];
  return { pieces, bytes: headEnd + kept - tailStart };
};

const cutWords = '[the machine printed more here than is kept]\n';

const leftOutWords = (bytes: number): string =>
  `[${bytes} bytes are left out here, to keep this file short; the console has all that is kept]\n`;

const text = (words: string): Buffer => Buffer.from(words, 'utf8');

/** What is written behind it begins on a line of its own. */
const ended = (bytes: Buffer): Buffer =>
  bytes.length === 0 || bytes.at(-1) === 0x0a ? bytes : Buffer.concat([bytes, text('\n')]);

const oneLine = (words: string): string => visible(words.replace(/\s+/g, ' ').trim()).text;
