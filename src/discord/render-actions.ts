import type { APIButtonComponentWithCustomId, APIComponentInContainer } from 'discord.js';
import type { Card } from '../core/card.ts';
import type { CardAction } from '../core/card-actions.ts';
import { approveLabel } from '../core/card-words.ts';
import { checkOf } from './custom-id.ts';
import { button, part } from './layout.ts';
import { rowButtonsMax } from './limits.ts';

/** What can be done with the card now: buttons, and a menu where a row of them would not hold the choice. */
export const actionRows = (card: Card): APIComponentInContainer[] => {
  const options = card.actions.flatMap((action) => (action.kind === 'choose' ? [action.option] : []));
  const isMenu = options.length >= rowButtonsMax;
  const buttons = card.actions
    .filter((action) => !(isMenu && action.kind === 'choose'))
    .flatMap((action) => actionButton(card, action));
  const menu = isMenu
    ? part.menu({ kind: 'choose', task: card.task, option: null }, 'Choose a machine', options)
    : [];
  return [...menu, ...part.rows(buttons)];
};

const actionButton = (card: Card, action: CardAction): APIButtonComponentWithCustomId[] => {
  const { task } = card;
  switch (action.kind) {
    case 'approve': {
      const { proposal, digest, canary, typed } = action;
      const isTyped = typed !== null;
      const label = `${approveLabel(card, canary)}${isTyped ? '…' : ''}`;
      const style = canary ? 'plain' : card.risk?.risk === 'dangerous' ? 'grave' : 'good';
      return button({ kind: 'approve', task, proposal, digest, canary, isTyped }, label, style);
    }
    case 'reject':
      return button({ kind: 'reject', task }, 'Reject…');
    case 'edit':
      return button({ kind: 'edit', task, proposal: card.proposal?.revision ?? 0 }, 'Edit…');
    case 'cancel':
      return button({ kind: 'cancel', task }, 'Cancel');
    case 'continue':
      return button({ kind: 'continue', task }, `Run on the other ${action.runs}`, 'primary');
    case 'stop':
      return button({ kind: 'stop', task }, 'Stop here');
    case 'keep':
      return button({ kind: 'keep', task }, 'Keep as runbook…');
    case 'choose':
      return button({ kind: 'choose', task, option: action.option }, action.option);
  }
};

/** Buttons that ask the next request in the same thread; under a failure, what would work instead. */
export const followUpRows = ({
  task,
  followUps,
}: Pick<Card, 'task' | 'followUps'>): APIComponentInContainer[] =>
  part
    .rows(
      followUps.flatMap(({ label, request }, at) =>
        button({ kind: 'next', task, at, check: checkOf(request) }, label),
      ),
    )
    .slice(0, 1);
