import { outputHeadBytesMax, outputTailBytesMax } from '../core/limits.ts';
import type { OutputRedaction, Run } from '../core/run.ts';
import type { OutputStream } from '../ports/store.ts';
import { type CarefulRedactor, withheldText } from './careful-redactor.ts';

/** Of one stream: head and tail, in raw bytes. What comes after is a misbehaving agent's. */
export const rawBytesMax = outputHeadBytesMax + outputTailBytesMax;

/** What one piece of a stream came to. It is committed only where the run still stands at `from`. */
export interface Step {
  stream: OutputStream;
  from: number;
  /** The place of `bytes` in the kept output. */
  keptFrom: number;
  bytes: Buffer;
  redaction: OutputRedaction;
}

/**
 * One stream of a run, redacted as it comes.
 *
 * It is ahead of the store by the steps that are being committed; `pending` are the raw bytes that no step is done with,
 * which are not acknowledged and come again after a crash.
 */
export class OutputRedactor {
  readonly stream: OutputStream;
  readonly #redactor: CarefulRedactor;
  #redaction: OutputRedaction;
  #keptBytes: number;
  #pending: Buffer = nothing;

  constructor(redactor: CarefulRedactor, run: Run, stream: OutputStream) {
    this.#redactor = redactor;
    this.stream = stream;
    this.#redaction = stream === 'stdout' ? run.stdoutRedaction : run.stderrRedaction;
    this.#keptBytes = stream === 'stdout' ? run.stdoutBytes : run.stderrBytes;
  }

  /** The raw offset of the next byte that is new. */
  get expected(): number {
    return this.#redaction.rawBytes + this.#pending.length;
  }

  get heldBytes(): number {
    return this.#pending.length;
  }

  /** @param isEnd nothing comes any more, or nothing more may be held. */
  step(fresh: Buffer, isEnd: boolean): Step {
    const from = this.#redaction.rawBytes;
    const keptFrom = this.#keptBytes;
    const pending = this.#pending.length === 0 ? fresh : Buffer.concat([this.#pending, fresh]);
    const { bytes, redaction } = this.#redact(pending, isEnd || from + pending.length >= rawBytesMax);
    // A copy: what a frame gave is a view of all of its memory.
    this.#pending = Buffer.from(pending.subarray(redaction.rawBytes - from));
    this.#redaction = redaction;
    this.#keptBytes += bytes.length;
    return { stream: this.stream, from, keptFrom, bytes, redaction };
  }

  #redact(pending: Buffer, isEnd: boolean): { bytes: Buffer; redaction: OutputRedaction } {
    const before = this.#redaction;
    const isDone = pending.length === 0 && !isEnd;
    if (isDone || before.isWithheld) {
      return { bytes: nothing, redaction: { ...before, rawBytes: before.rawBytes + pending.length } };
    }
    const headAt = outputHeadBytesMax - before.rawBytes;
    const markAt = before.headBytes === null && headAt >= 0 && headAt <= pending.length ? headAt : null;
    const released = this.#redactor.release(before.state, pending, isEnd, markAt);
    if (released === null) return this.#withhold(pending);
    const rawBytes = before.rawBytes + released.rawBytes;
    const headBytes = released.markedAt === null ? before.headBytes : this.#keptBytes + released.markedAt;
    return {
      bytes: released.bytes,
      redaction: { rawBytes, state: released.state, headBytes, isWithheld: false },
    };
  }

  /** Nobody knows what the redactor was in the middle of, so nothing more of the stream is kept. */
  #withhold(pending: Buffer): { bytes: Buffer; redaction: OutputRedaction } {
    const bytes = Buffer.from(`${withheldText}\n`);
    const { rawBytes, headBytes } = this.#redaction;
    return {
      bytes,
      redaction: {
        rawBytes: rawBytes + pending.length,
        state: '',
        headBytes: headBytes ?? this.#keptBytes + bytes.length,
        isWithheld: true,
      },
    };
  }
}

const nothing = Buffer.alloc(0);

/** The place in the kept output that stands for this place in the raw one. */
export const keptPlaceOf = (rawPlace: number, keptBytes: number, redaction: OutputRedaction): number => {
  if (rawPlace >= redaction.rawBytes) return keptBytes;
  return Math.min(redaction.headBytes ?? rawPlace, keptBytes);
};
