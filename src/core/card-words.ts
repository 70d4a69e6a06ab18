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
      return card.proposal.runbook === null ? 'from a runbook' : `from the runbook ${card.proposal.runbook}`;
    case 'model':
      return 'written by the model';
    case 'person':
      return 'edited by hand';
    default:
      return null;
  }
};

/** How far an answer can be trusted, by who read the output; null where that goes without saying. */
export const readerWords: Record<Answer['reader'], string | null> = {
  runbook: null,
  model: 'Read by the model; the lines under it are what it rests on.',
  plain: 'Nobody has read this output; it is shown as it is.',
};
