import type { Verdict } from './effect.ts';
import type { Call, Meaning, Rule } from './rule.ts';
import type { Arg } from './word.ts';

/** A command that runs its operands, after `skip` of its own. */
export const wraps = (values: string, is: Meaning = 'nothing', skip = 0, more: Partial<Rule> = {}): Rule => ({
  is,
  values,
  stopsAtOperand: true,
  namesOnly: true,
  check: (call) => followed(call, call.operands.slice(skip)),
  ...more,
});

/** What a wrapper runs; the words that it seems to keep for itself are doubted, since its options may be others. */
export const followed = (call: Call, inner: readonly Arg[]): readonly Verdict[] => [
  ...call.runs(inner),
  ...doubted(call, inner),
];

export const doubted = (call: Call, inner: readonly Arg[]): readonly Verdict[] => {
  const kept = call.args.length - inner.length;
  return kept > 0 ? call.doubts(call.args, kept) : [];
};

/** A word that a wrapper adds when it runs. */
export const later: Arg = { text: 'what is added', value: null, lead: '', isGlob: false, maybeOption: false };
