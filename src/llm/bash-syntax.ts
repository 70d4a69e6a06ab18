import { spawn } from 'node:child_process';
import { Interpreter } from '../core/script.ts';
import type { CheckSyntax } from './draft-check.ts';
import { syntaxCheckMsMax, syntaxErrorBytesMax } from './limits.ts';

/** Where a bash may be; the server's own PATH is not handed on, nor is anything else of its environment. */
const places = ['/usr/local/bin', '/usr/bin', '/bin', '/opt/homebrew/bin', '/run/current-system/sw/bin'];

/**
 * Makes the syntax check: `bash -n` reads the script from stdin and runs nothing of it. It is for a model's drafts
 * only, a few a minute: a server must not spawn on its busy paths. PowerShell is not checked; where there is no
 * bash, or it takes too long, nobody can tell and the result is null.
 */
export const makeBashSyntax =
  (settings: { path?: string; timeoutMs?: number } = {}): CheckSyntax =>
  async (interpreter, text) =>
    interpreter === Interpreter.bash
      ? complaintOf(text, settings.path ?? places.join(':'), settings.timeoutMs ?? syntaxCheckMsMax)
      : null;

const complaintOf = (text: string, path: string, timeoutMs: number): Promise<string | null> =>
  new Promise((resolve) => {
    // A script that turns extended globs on may use them further down, which a bash that runs nothing doesn't know.
    const options = /\bshopt\s+-s\b.*\bextglob\b/.test(text) ? ['-O', 'extglob'] : [];
    const child = spawn('bash', ['--norc', '--noprofile', ...options, '-n'], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { PATH: path, LC_ALL: 'C' },
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      if (said.length < syntaxErrorBytesMax) said += piece;
    });
    child.on('error', () => resolve(null));
    child.on('close', (code) => resolve(code === null ? null : firstComplaint(code, said)));
    // A bash that gives up early closes its stdin; what it said is what counts.
    child.stdin.on('error', () => {});
    child.stdin.end(text);
  });

/** A here-document that the end of the script closes is only a warning to bash, but the script is cut or wrong. */
const firstComplaint = (code: number, said: string): string | null => {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const first =
    code === 0 ? lines.find((line) => line.includes('here-document')) : (lines[0] ?? 'a syntax error');
  return first?.replace(/^bash: /, '') ?? null;
};
