import type { WireReason } from '../../../proto/agent-stream.ts';
import { detailCharsMax } from './limits.ts';

/** Why a run was ended by the agent itself, without ever being started. */
export interface Never {
  end: 'FINISHED_END_CANCELLED' | 'FINISHED_END_UNSTARTED';
  reason: WireReason;
  detail: string;
}

/**
 * The file `started`, whose exclusive creation decides who may start a run (law 2): a wrapper that ran it, or the
 * agent itself, which thereby makes sure that no wrapper ever will.
 */
export type Claim =
  | { kind: 'wrapper'; pid: number; born: string }
  | { kind: 'never'; never: Never }
  /** A restarted agent found traces of the script and no claim: nobody can say what became of it. */
  | { kind: 'lost' }
  /** Created, but not (yet) written: its maker was stopped in between, or is writing this moment. */
  | { kind: 'unwritten' };

const neverWord = 'never ';
/** The claim of a run that was started and has lost its own claim. */
export const lostClaim = 'lost\n';

export const formatNever = (never: Never): string =>
  `${neverWord}${JSON.stringify({ ...never, detail: never.detail.slice(0, detailCharsMax) })}\n`;

/** Reads the text of `started`. */
export const parseClaim = (text: string): Claim => {
  if (!text.endsWith('\n')) return { kind: 'unwritten' };
  if (text === lostClaim) return { kind: 'lost' };
  if (text.startsWith(neverWord)) {
    try {
      return { kind: 'never', never: JSON.parse(text.slice(neverWord.length)) as Never };
    } catch {
      return { kind: 'unwritten' };
    }
  }
  const match = /^(\d+) (.+)\n$/.exec(text);
  return match?.[1] && match[2]
    ? { kind: 'wrapper', pid: Number(match[1]), born: match[2] }
    : { kind: 'unwritten' };
};
