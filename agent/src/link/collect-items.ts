import type { AgentItem, WireStream } from '../../../proto/agent-stream.ts';
import { frameItemsMax, outputChunkBytesMax, outputInFlightBytesMax } from '../../../src/core/limits.ts';
import { placeOf } from '../core/kept-output.ts';
import { frameOutputBytesMax } from '../core/limits.ts';
import { type OutputRecord, type RunBook, type RunRecord, Told } from '../run/run-record.ts';
import type { OutputName, Spool } from '../run/spool.ts';

const wireStreams: { readonly [N in OutputName]: WireStream } = {
  stdout: 'OUTPUT_STREAM_STDOUT',
  stderr: 'OUTPUT_STREAM_STDERR',
};
const outputNames = ['stdout', 'stderr'] as const;

const inFlightOf = (book: RunBook): number => {
  let bytes = 0;
  for (const { outputs } of book.values()) {
    bytes += outputs.stdout.sentBytes - outputs.stdout.ackedBytes;
    bytes += outputs.stderr.sentBytes - outputs.stderr.ackedBytes;
  }
  return bytes;
};

/**
 * What the gateway has not been told yet, for one frame, in the order that it relies on: accepted, started,
 * output, finished. Output is read from the spool here, when there is room for it on the wire, and not before.
 *
 * @param loose items that no record stands for; those that fit are taken out.
 */
export const collectItems = (book: RunBook, loose: AgentItem[], spool: Spool): AgentItem[] => {
  const items = loose.splice(0, frameItemsMax);
  let roomBytes = -1;
  for (const run of book.values()) {
    if (items.length + 2 > frameItemsMax) break;
    if (!run.wanted || run.told === Told.finished) continue;
    tellProgress(run, items);
    for (const name of outputNames) {
      const output = run.outputs[name];
      while (output.sentBytes < output.availableBytes && items.length < frameItemsMax) {
        if (roomBytes < 0) {
          roomBytes = Math.min(frameOutputBytesMax, outputInFlightBytesMax - inFlightOf(book));
        }
        const bytes = takeOutput(run, name, output, roomBytes, spool, items);
        if (bytes === 0) break;
        roomBytes -= bytes;
      }
    }
    if (run.finished && isOutputSent(run) && items.length < frameItemsMax) {
      run.told = Told.finished;
      items.push({ finished: run.finished });
    }
  }
  return items;
};

const tellProgress = (run: RunRecord, items: AgentItem[]): void => {
  if (run.told === Told.nothing) {
    run.told = Told.accepted;
    items.push({ accepted: { runId: run.wireId } });
  }
  if (run.told === Told.accepted && hasStarted(run)) {
    run.told = Told.started;
    items.push({ started: { runId: run.wireId } });
  }
};

const hasStarted = (run: RunRecord): boolean =>
  run.phase === 'started' ||
  (run.finished !== null &&
    (run.finished.end === 'FINISHED_END_EXITED' || run.finished.end === 'FINISHED_END_TIMED_OUT'));

const isOutputSent = ({ outputs }: RunRecord): boolean =>
  outputNames.every((name) => outputs[name].sentBytes >= outputs[name].availableBytes);

const takeOutput = (
  run: RunRecord,
  name: OutputName,
  output: OutputRecord,
  roomBytes: number,
  spool: Spool,
  items: AgentItem[],
): number => {
  const offset = output.sentBytes;
  const place = placeOf(offset, { bytes: output.availableBytes, cutAt: output.cutAt });
  const bytes = Math.min(place.bytes, outputChunkBytesMax, roomBytes);
  if (bytes <= 0) return 0;
  const data = readOrNothing(() => spool.read(run.runId, name, place.file, place.position, bytes));
  if (data.length === 0) {
    giveUpOutput(run, name, output);
    return 0;
  }
  output.sentBytes += data.length;
  items.push({ output: { runId: run.wireId, stream: wireStreams[name], offset, data } });
  return data.length;
};

const readOrNothing = (read: () => Buffer): Buffer => {
  try {
    return read();
  } catch {
    return Buffer.alloc(0);
  }
};

/** Output that was there and can't be read any more must not keep the run's end from being told. */
const giveUpOutput = (run: RunRecord, name: OutputName, output: OutputRecord): void => {
  output.availableBytes = output.sentBytes;
  if (!run.finished) return;
  const bytes = name === 'stdout' ? 'stdoutBytes' : 'stderrBytes';
  run.finished = { ...run.finished, [bytes]: output.sentBytes, endMissing: true };
};
