import { createHash } from 'node:crypto';
import { scriptBytesMax } from './limits.ts';
import { type Sentence, sentence } from './sentences.ts';
import { Platform, type Target } from './task.ts';

export const Interpreter = { bash: 'bash', powershell: 'powershell' } as const;
export type Interpreter = (typeof Interpreter)[keyof typeof Interpreter];

/** Text plus interpreter. The digest is of both, so the same text for another shell is another script. */
export interface Script {
  text: string;
  interpreter: Interpreter;
  digest: string;
}

/** The interpreter that a platform's agents have. */
export const interpreterOf = (platform: Platform): Interpreter =>
  platform === Platform.windows ? Interpreter.powershell : Interpreter.bash;

/** SHA-256 in hex over interpreter, a NUL (which no script may hold) and the UTF-8 text. */
export const scriptDigest = (interpreter: Interpreter, text: string): string =>
  createHash('sha256').update(interpreter).update('\0').update(text, 'utf8').digest('hex');

/**
 * Makes a script out of text: line ends become LF (a CR before LF is an editor's habit, not a wish) and the
 * last line is closed. Refused, never mended beyond that: what is signed is what is shown.
 */
export const makeScript = (
  interpreter: Interpreter,
  raw: string,
): { ok: true; script: Script } | { ok: false; sentence: Sentence } => {
  const text = `${raw.replace(/\r\n/g, '\n').replace(/\n+$/, '')}\n`;
  if (text.trim() === '') return { ok: false, sentence: sentence('script_empty', {}) };
  const bytes = Buffer.byteLength(text);
  if (bytes > scriptBytesMax) {
    return { ok: false, sentence: sentence('script_too_long', { bytes, bytesMax: scriptBytesMax }) };
  }
  if (text.includes('\0')) return { ok: false, sentence: sentence('script_has_nul', {}) };
  if (!text.isWellFormed()) return { ok: false, sentence: sentence('script_not_unicode', {}) };
  return { ok: true, script: { text, interpreter, digest: scriptDigest(interpreter, text) } };
};

/** SHA-256 in hex of all that a decision is about; the Approve button carries it, so an old card can't approve. */
export const proposalDigest = (
  scripts: readonly { digest: string; platforms: readonly Platform[] }[],
  targets: readonly Target[],
  timeoutMs: number,
): string => {
  const about = {
    scripts: scripts.map((s) => [s.digest, [...s.platforms].sort()]).sort(),
    targets: targets
      .map(({ agentId, platform, user }) => [agentId, platform, ...(user ? [user] : [])])
      .sort(),
    timeoutMs,
  };
  return createHash('sha256').update(JSON.stringify(about)).digest('hex');
};
