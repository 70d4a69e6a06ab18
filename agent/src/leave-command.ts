import { join } from 'node:path';
import type { PlaceOptions } from './config.ts';
import { type CommandReport, ExitCode } from './core/exit-code.ts';
import { lockDataDir } from './run/data-dir-lock.ts';
import { nodeDisk } from './run/disk.ts';
import { destroyIdentity, readIdentity } from './run/identity-file.ts';
import { forgetJoinKey } from './run/join-key.ts';
import { countRuns } from './run/spool-look.ts';

const refused = (text: string): CommandReport => ({ text, exitCode: ExitCode.refused });

/**
 * `leave`: destroys this machine's identity and what its spool holds. The server isn't told: whoever could make an
 * agent say that it is gone could hide one, so a person removes it there.
 */
export const leaveCommand = async ({ dataDir, force }: PlaceOptions): Promise<CommandReport> => {
  const identity = readIdentity(dataDir);
  if (!identity) {
    return {
      text: `There is nothing to leave: ${dataDir} holds no identity.`,
      exitCode: ExitCode.notJoined,
    };
  }
  const unlock = await lockDataDir(dataDir);
  if (!unlock) return refused(`An agent is running on ${dataDir}. Stop it, then leave.`);
  try {
    const { accepted, started, finished } = countRuns(dataDir, nodeDisk);
    const open = accepted + started + finished;
    if (open > 0 && !force) {
      return refused(
        `${open === 1 ? 'One run is' : `${open} runs are`} unfinished here: ${accepted} waiting, ${started} running, ${finished} ended and not told to the server. Start the agent until they are done, or leave with --force; what they put out is lost then, and scripts that run go on.`,
      );
    }
    // Who it is goes first: without it nothing of the rest is of use to anybody.
    await destroyIdentity(dataDir, nodeDisk);
    await forgetJoinKey(dataDir, nodeDisk);
    for (const name of ['spool', 'witness.json', 'status.json']) await nodeDisk.remove(join(dataDir, name));
    const name = identity.enrolment?.name ?? identity.agentId;
    return {
      text: `This machine's key and identity are destroyed; it is no agent any more. Now remove it on the server with \`npx nerdy agents remove\`: it was called ${name} when it joined, and \`npx nerdy agents\` shows what it is called now.`,
      exitCode: ExitCode.ok,
    };
  } finally {
    unlock();
  }
};
