import { Interpreter } from '../script.ts';
import { classifyBash } from './classify-bash.ts';
import { type Classification, Effect, Risk } from './effect.ts';

/**
 * What a script does, by its interpreter. PowerShell has no parser here yet, so that nothing of it is ever taken for
 * read-only: each script is said to change things, unparsed.
 */
export const classify = (interpreter: Interpreter, script: string): Classification => {
  if (interpreter === Interpreter.bash) return classifyBash(script);
  const why = 'PowerShell is not read yet, so that nobody can say what it does';
  return {
    risk: Risk.changes,
    effects: [Effect.unknown],
    lines: [{ line: 1, effects: [Effect.unknown], risk: Risk.changes, why }],
    irreversible: false,
    unparsed: true,
  };
};
