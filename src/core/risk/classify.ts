import { Interpreter } from '../script.ts';
import { classifyBash } from './classify-bash.ts';
import type { Classification } from './effect.ts';
import { classifyPowershell } from './powershell/classify-powershell.ts';

/** What a script does, by its interpreter. */
export const classify = (interpreter: Interpreter, script: string): Classification =>
  interpreter === Interpreter.bash ? classifyBash(script) : classifyPowershell(script);
