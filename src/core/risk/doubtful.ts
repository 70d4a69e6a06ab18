import { ruleFor } from './catalogue.ts';
import { Risk, type Verdict } from './effect.ts';
import type { Arg } from './word.ts';

/**
 * The dangerous things that some words would do if one of the first `most` of them were the command: what a wrapper
 * seems to take for itself may be what it runs, and then only the risk of the worst reading is safe.
 */
export const doubtful = (
  words: readonly Arg[],
  most: number,
  judge: (args: readonly Arg[]) => readonly Verdict[],
): readonly Verdict[] =>
  words
    .slice(0, most)
    .flatMap((word, i) =>
      word.value !== null && /^[\w./-]*[a-z][\w./-]*$/.test(word.value) && ruleFor(word.value)
        ? judge(words.slice(i)).filter(
            ({ risk, effects }) =>
              (risk === Risk.dangerous || risk === Risk.forbidden) && effects[0] !== 'unknown',
          )
        : [],
    );
