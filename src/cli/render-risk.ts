import { badgeWords, riskMark } from '../core/effect-words.ts';
import { reasonsShownMax } from '../core/limits.ts';
import { type Classification, Risk } from '../core/risk/effect.ts';
import { lineWords, reasonsOf } from '../core/risk-reasons.ts';
import { paint } from './paint.ts';

export const riskPaint: Readonly<Record<Risk, (text: string) => string>> = {
  [Risk.readOnly]: paint.green,
  [Risk.changes]: paint.yellow,
  [Risk.dangerous]: paint.red,
  [Risk.forbidden]: paint.red,
};

/** The risk in the word that rules use, and what it does: `! dangerous · can't be undone · deletes`. */
export const badgeLine = (
  found: Pick<Classification, 'risk' | 'effects' | 'irreversible' | 'unparsed'>,
): string => {
  const { warnings, effects } = badgeWords(found);
  const word = `${riskMark[found.risk]} ${found.risk}`.trimStart();
  return [paint.bold(riskPaint[found.risk](word)), ...warnings.map(riskPaint[found.risk]), ...effects].join(
    ' · ',
  );
};

/** Why, for the lines that do more than read: `line 3: dangerous: rm: removes /srv/old (can't be undone)`. */
export const reasonLines = (found: Classification): string[] => {
  const { told, more } = reasonsOf(found.lines, reasonsShownMax);
  return [
    ...told.map(({ lines, risk, why, irreversible }) => {
      const undone = irreversible ? " (can't be undone)" : '';
      return `${riskPaint[risk](`${riskMark[risk]} ${lineWords(lines)}: ${risk}:`)} ${why}${undone}`;
    }),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
};
