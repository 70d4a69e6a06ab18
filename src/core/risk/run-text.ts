import type { Verdict } from './effect.ts';
import type { Call } from './rule.ts';
import { say } from './verdicts.ts';
import type { Arg } from './word.ts';

/** The value of the first of these options; null where none is given. */
export const optionText = (call: Call, ...names: string[]): Arg | null =>
  call.options.find((option) => names.includes(option.name))?.value ?? null;

/** What a text does that is handed to a shell; undecidable where only the run tells it. */
export const textOr = (call: Call, arg: Arg | null): readonly Verdict[] =>
  arg === null
    ? []
    : arg.value === null
      ? [say('undecidable', `runs ${arg.text}, which is only known when it runs`)]
      : call.runsText(arg.value);
