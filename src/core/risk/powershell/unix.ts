import { classifyBash } from '../classify-bash.ts';
import { commandVerdicts } from '../command.ts';
import type { Verdict } from '../effect.ts';
import { emptyKnowledge } from '../knowledge.ts';
import { riskCallsMax } from '../limits.ts';
import type { Stdin } from '../rule.ts';
import type { Arg } from '../word.ts';

/** What a command of Unix does, by its own catalogue; a text that it hands to a shell is read as Bash. */
export const unixVerdicts = (args: readonly Arg[], stdin: Stdin = { kind: 'none' }): readonly Verdict[] =>
  commandVerdicts(args, {
    known: emptyKnowledge(),
    stdin,
    depth: 0,
    calls: { left: riskCallsMax },
    runsText: textVerdicts,
  });

const textVerdicts = (text: string): readonly Verdict[] => {
  const found = classifyBash(text);
  return found.lines.map(({ risk, effects, why }) => ({
    risk,
    effects,
    why,
    irreversible: found.irreversible,
  }));
};
