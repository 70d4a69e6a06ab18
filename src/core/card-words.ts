import type { Answer } from './answer.ts';
import type { Card } from './card.ts';

/** On the button that says yes, the same on every surface. */
export const approveLabel = (card: Pick<Card, 'targets'>, isCanary: boolean): string => {
  if (isCanary) return 'Run on one first';
  return card.targets.length === 1 ? 'Approve' : `Approve for ${card.targets.length} machines`;
};

/** Where the script came from; null before there is one. */
export const drafterWords = (card: Pick<Card, 'proposal'>): string | null => {
  switch (card.proposal?.drafter) {
    case 'runbook':
      return fromRunbook(card.proposal);
    case 'model':
      return 'written by the model';
    case 'person':
      return 'edited by hand';
    default:
      return null;
  }
};

const fromRunbook = ({ runbook, runbookVersion }: NonNullable<Card['proposal']>): string => {
  if (runbook === null) return 'from a runbook';
  return `from the runbook ${runbook}${runbookVersion === null ? '' : ` v${runbookVersion}, which people kept`}`;
};

/** Under which name the script was kept; null where nobody kept it. */
export const keptWords = ({ kept }: Pick<Card, 'kept'>): string | null =>
  kept && `Kept as ${kept.name} v${kept.version} by ${kept.by}`;

/** How far an answer can be trusted, by who read the output; null where that goes without saying. */
export const readerWords: Record<Answer['reader'], string | null> = {
  runbook: null,
  model: 'Read by the model; the lines under it are what it rests on.',
  plain: 'Nobody has read this output; it is shown as it is.',
};
