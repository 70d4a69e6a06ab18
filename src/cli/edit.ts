import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { editorCommand } from '../config.ts';
import type { Card, CardScript } from '../core/card.ts';
import { show } from './ask.ts';
import type { ApiClient } from './client.ts';
import { CliError, ExitCode } from './exit-code.ts';

export interface EditOptions {
  /** A file with the new text; without one the editor is opened. */
  file?: string;
  /** Which script, where the machines need several: `bash` or `powershell`. */
  script?: string;
  json: boolean;
}

/** `nerdy edit N`: changes the script in an editor, or takes it from a file; makes the next revision and shows it. */
export const editCommand = async (
  client: ApiClient,
  task: number,
  options: EditOptions,
): Promise<ExitCode> => {
  const card = await client.card(task);
  const { proposal } = card;
  if (card.state !== 'proposed' || proposal === null) {
    const why =
      card.state === 'asking'
        ? `Task #${task} has no script yet: it asks which machine is meant. Say which with \`npx nerdy choose ${task} <machine>\`, then edit.`
        : `Task #${task} is ${card.state}, so there is no script to edit. Ask anew with the change that you want.`;
    throw new CliError(why, ExitCode.endedBadly);
  }
  const script = chosenScript(card, options.script);
  const text = options.file === undefined ? inEditor(task, script) : textOfFile(options.file);
  if (`${text.trimEnd()}\n` === `${script.text.trimEnd()}\n`) {
    throw new CliError('The text is the same as before, so nothing was changed.', ExitCode.waiting);
  }
  const texts = [{ digest: script.digest, text }];
  return show(await client.act(task, 'edit', { proposal: proposal.revision, texts }), options);
};

const chosenScript = (card: Card, wanted: string | undefined): CardScript => {
  const names = card.scripts.map((s) => s.interpreter);
  const found =
    wanted === undefined && names.length === 1
      ? card.scripts[0]
      : card.scripts.find((s) => s.interpreter === wanted);
  if (found) return found;
  const problem =
    wanted === undefined
      ? `Task #${card.task} has a script for each of ${names.join(' and ')}.`
      : `Task #${card.task} has no script for "${wanted}".`;
  throw new CliError(`${problem} Say which with --script ${names.join(' or --script ')}.`, ExitCode.usage);
};

const textOfFile = (path: string): string => {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (err) {
    const { code } = err as NodeJS.ErrnoException;
    throw new CliError(
      `--file: ${path} can't be read (${code ?? err}). Name a file with the new script, or - for standard input.`,
      ExitCode.usage,
    );
  }
};

/** The editor's own words for wrong use are its own; what it leaves in the file is the new text. */
const inEditor = (task: number, script: CardScript): string => {
  if (script.hasHidden) {
    const why = "This script holds characters that a reader can't see; an editor would change them unseen.";
    throw new CliError(`${why} Give the whole new text with --file.`, ExitCode.usage);
  }
  if (!process.stdin.isTTY) {
    const why = 'Without a terminal there is no editor to open.';
    throw new CliError(
      `${why} Give the new text with --file, or --file - from standard input.`,
      ExitCode.usage,
    );
  }
  // A directory of its own, closed to other users: what is edited here is what will be approved.
  const folder = mkdtempSync(join(tmpdir(), 'nerdy-edit-'));
  try {
    const path = join(folder, `task-${task}.${script.interpreter === 'powershell' ? 'ps1' : 'sh'}`);
    writeFileSync(path, `${script.text.trimEnd()}\n`, { mode: 0o600 });
    const editor = editorCommand();
    // A shell, since people put options into EDITOR ("code --wait"); the path goes beside it, never into it.
    const { status, error } =
      process.platform === 'win32'
        ? spawnSync(`${editor} "${path}"`, { stdio: 'inherit', shell: true })
        : spawnSync('/bin/sh', ['-c', `${editor} "$1"`, 'nerdy-edit', path], { stdio: 'inherit' });
    if (error || status !== 0) {
      const how = 'Set VISUAL or EDITOR to one that works, or use --file.';
      throw new CliError(`The editor "${editor}" failed, so nothing was changed. ${how}`, ExitCode.usage);
    }
    return readFileSync(path, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
