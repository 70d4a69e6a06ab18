import type { Button, KnownBlock } from '@slack/types';
import type { Card } from '../core/card.ts';
import type { CardAction } from '../core/card-actions.ts';
import { approveLabel } from '../core/card-words.ts';
import { badgeWords, riskWord } from '../core/effect-words.ts';
import { Risk } from '../core/risk/effect.ts';
import { optionButtonsMax } from './limits.ts';
import { actions, type ButtonFace, button, isOption, menu } from './render-buttons.ts';

/** What the card lets people see of its script: all of it, all of it in a modal, or too little wherever it is shown. */
export type ScriptPlace = 'card' | 'modal' | 'nowhere';

/** The buttons of a card. A yes stands only where the whole script does (law 1). */
export const decisionButtons = (card: Card, place: ScriptPlace, id: string): KnownBlock[] => {
  const choices = card.actions.filter((action) => action.kind === 'choose').map(({ option }) => option);
  const elements = [
    ...choiceElements(card, choices),
    ...readButton(card, place),
    ...card.actions
      .filter((action) => action.kind !== 'choose' && (action.kind !== 'approve' || place === 'card'))
      .filter((action) => action.kind !== 'edit' || place !== 'nowhere')
      .flatMap((action, at) => button(faceOf(card, action), at)),
  ];
  return actions(id, elements);
};

/** A few machines as buttons, more as a menu. */
const choiceElements = (card: Card, options: readonly string[]) =>
  options.length > optionButtonsMax
    ? menu({
        placeholder: 'Choose a machine',
        action: { kind: 'choose', task: card.task, option: null },
        options,
      })
    : options
        .filter(isOption)
        .flatMap((option, at) =>
          button({ label: option, action: { kind: 'choose', task: card.task, option } }, at),
        );

const readButton = (card: Card, place: ScriptPlace): Button[] => {
  if (place !== 'modal' || !card.proposal) return [];
  const lines = card.scripts.reduce((sum, script) => sum + script.lines, 0);
  const canApprove = card.actions.some((action) => action.kind === 'approve');
  const { revision, digest } = card.proposal;
  return button({
    label: canApprove ? `Read all ${lines} lines` : `Show all ${lines} lines`,
    action: { kind: 'read', task: card.task, proposal: revision, digest },
    ...(canApprove && { style: 'primary' as const }),
  });
};

const faceOf = (card: Card, action: CardAction): ButtonFace => {
  const { task } = card;
  switch (action.kind) {
    case 'approve':
      return approveFace(card, action);
    case 'reject':
      return { label: 'Reject', action: { kind: 'reject', task } };
    case 'edit':
      return { label: 'Edit', action: { kind: 'edit', task, proposal: card.proposal?.revision ?? 1 } };
    case 'cancel':
      return { label: 'Cancel', action: { kind: 'cancel', task } };
    case 'continue':
      return {
        label: `Run on the other ${action.runs}`,
        action: { kind: 'continue', task },
        style: 'primary',
      };
    case 'stop':
      return { label: 'Stop here', action: { kind: 'stop', task } };
    case 'keep':
      return { label: 'Keep as runbook', action: { kind: 'keep', task } };
    case 'choose':
      return { label: action.option, action: { kind: 'choose', task, option: action.option } };
  }
};

const approveFace = (card: Card, action: Extract<CardAction, { kind: 'approve' }>): ButtonFace => {
  const { proposal, digest, canary, typed } = action;
  const label = approveLabel(card, canary);
  const isGrave = card.risk?.risk === Risk.dangerous;
  const face: ButtonFace = {
    label,
    action: { kind: 'approve', task: card.task, proposal, digest, canary, isTyped: typed !== null },
    ...(canary ? {} : { style: isGrave ? ('danger' as const) : ('primary' as const) }),
  };
  // What is typed is asked in a modal, and what only reads may be asked for by a slip of the thumb.
  if (typed !== null || !card.risk || card.risk.risk === Risk.readOnly) return face;
  const { warnings, effects } = badgeWords(card.risk);
  const names = card.targets.map((target) => target.name);
  const where =
    names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  return {
    ...face,
    confirm: {
      title: canary
        ? 'Run on one machine first?'
        : `Run on ${names.length === 1 ? names[0] : `${names.length} machines`}?`,
      text: `${riskWord[card.risk.risk]}: ${[...warnings, ...effects].join(', ')}. ${where}.`,
      yes: canary ? 'Run on one first' : 'Approve',
    },
  };
};
