import { Interpreter, interpreterOf, makeScript } from '../core/script.ts';
import type { Platform } from '../core/task.ts';
import type { DraftedScript } from '../ports/drafter.ts';
import type { DraftReply } from './draft-form.ts';
import { scriptIn } from './script-text.ts';

/** Says in one line what is wrong with a script's syntax; null when nothing is, or nobody here can tell. */
export type CheckSyntax = (interpreter: Interpreter, text: string) => Promise<string | null>;

const shells: Record<Interpreter, string> = {
  [Interpreter.bash]: 'bash',
  [Interpreter.powershell]: 'PowerShell',
};

/**
 * Checks a model's scripts: every platform that was asked for exactly once (others are dropped), each one a script
 * that could be signed, and its syntax. Either all the scripts, or every problem in a line of its own. Platforms
 * with the same script share it, so that a person reads it once.
 */
export const checkScripts = async (
  reply: DraftReply,
  platforms: readonly Platform[],
  checkSyntax: CheckSyntax,
): Promise<{ ok: true; scripts: DraftedScript[] } | { ok: false; problems: string[] }> => {
  const problems: string[] = [];
  const byDigest = new Map<string, DraftedScript>();
  for (const platform of platforms) {
    const found = reply.scripts.filter((s) => s.platform === platform);
    const [first] = found;
    if (!first || found.length > 1) {
      problems.push(
        `${platform}: ${first ? 'there is more than one script for it' : 'there is no script for it'}`,
      );
      continue;
    }
    const interpreter = interpreterOf(platform);
    const made = makeScript(interpreter, scriptIn(first.text));
    if (!made.ok) {
      problems.push(`${platform}: ${made.sentence.text}`);
      continue;
    }
    const kept = byDigest.get(made.script.digest);
    if (kept) {
      kept.platforms.push(platform);
      continue;
    }
    const fault = await checkSyntax(interpreter, made.script.text);
    if (fault === null) byDigest.set(made.script.digest, { ...made.script, platforms: [platform] });
    else problems.push(`${platform}: ${shells[interpreter]} says: ${fault}`);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, scripts: [...byDigest.values()] };
};
