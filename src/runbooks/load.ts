import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runbooksMax } from './limits.ts';
import { parseRunbook, type Runbook } from './runbook.ts';

/** The folder of runbooks can't be used as it is. `problems` has one sentence for each mistake in each file. */
export class RunbooksInvalidError extends Error {
  readonly code = 'runbooks_invalid';
  readonly folder: string;
  readonly problems: readonly string[];

  constructor(folder: string, problems: readonly string[], options?: ErrorOptions) {
    super(`The runbooks in ${folder} can't be used:\n${problems.map((p) => `- ${p}`).join('\n')}`, options);
    this.name = 'RunbooksInvalidError';
    this.folder = folder;
    this.problems = problems;
  }
}

/** What only the whole set shows: follow-ups that don't exist. */
const setProblems = (runbooks: readonly Runbook[]): string[] => {
  const names = new Set(runbooks.map((r) => r.name));
  return runbooks.flatMap((runbook) =>
    runbook.followUps
      .filter((name) => !names.has(name))
      .map((name) => `${runbook.name}.yml: followUps: there is no runbook "${name}".`),
  );
};

/**
 * Reads every `*.yml` of a folder, sorted by name, so that the same files give the same set.
 *
 * @throws RunbooksInvalidError with every problem of every file: a set with a hole in it would answer requests
 * with the second-best runbook.
 */
export const loadRunbooks = async (folder: string): Promise<Runbook[]> => {
  let names: string[];
  try {
    names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RunbooksInvalidError(folder, [`the folder can't be read: ${reason}`], { cause });
  }
  if (names.length > runbooksMax) {
    throw new RunbooksInvalidError(folder, [`${names.length} files; at most ${runbooksMax} are read.`]);
  }
  const problems: string[] = [];
  const runbooks: Runbook[] = [];
  for (const name of names) {
    const parsed = parseRunbook(name, await readFile(join(folder, name)));
    if (parsed.ok) runbooks.push(parsed.runbook);
    else problems.push(...parsed.problems);
  }
  // A broken file would make each runbook that follows up on it look broken too.
  if (problems.length === 0) problems.push(...setProblems(runbooks));
  if (problems.length > 0) throw new RunbooksInvalidError(folder, problems);
  return runbooks;
};
