import type { KnownBlock, ModalView, Option } from '@slack/types';
import type { Card } from '../core/card.ts';
import { approveLabel } from '../core/card-words.ts';
import type { SlackAction } from './action.ts';
import { details } from './detail.ts';
import { shown } from './escape.ts';
import { labelCharsMax, modalTitleCharsMax, optionCharsMax, typedCharsMax } from './limits.ts';
import { fieldAction, modalField } from './modal-form.ts';
import { modalOf } from './render-modals.ts';
import { riskLine } from './render-risk.ts';
import { fitsModal, scriptModalBlocks } from './render-script-modal.ts';
import { targetLines } from './render-targets.ts';
import { plainText, rich, say } from './rich-text.ts';

/**
 * The modal in which somebody says yes where a click is too little: what must be typed is typed there, and a script
 * that is too long for a message stands there whole. Submitted, it is the `approve` action (read by `decodeAction`) with
 * what `readForm` finds: `typed`, and `canary` where the modal asks it.
 *
 * Where nothing is to be decided (any more) it only shows the script. Null where a modal has no room for all of it.
 */
export const renderConfirmModal = (
  card: Card,
  action: Extract<SlackAction, { kind: 'approve' | 'read' }>,
): ModalView | null => {
  if (!fitsModal(card)) return null;
  const approvals = card.actions.filter((one) => one.kind === 'approve');
  const [first] = approvals;
  const isCurrent = first?.proposal === action.proposal && first.digest === action.digest;
  if (!first || !isCurrent) return scriptModal(card);
  const canary = action.kind === 'approve' && action.canary;
  const asksWhere = action.kind === 'read' && approvals.some((one) => one.canary);
  return modalOf(
    {
      kind: 'approve',
      task: card.task,
      proposal: first.proposal,
      digest: first.digest,
      canary,
      isTyped: first.typed !== null,
    },
    `Approve #${card.task}?`,
    asksWhere ? 'Approve' : submitLabel(card, canary),
    [
      ...headBlocks(card),
      ...scriptModalBlocks(card),
      ...(asksWhere ? whereBlock(card) : []),
      ...(first.typed === null ? [] : typedBlock(card)),
    ],
  );
};

/** Cut, the count of machines would be another. */
const submitLabel = (card: Card, canary: boolean): string => {
  const label = approveLabel(card, canary);
  return label.length > modalTitleCharsMax ? 'Approve' : label;
};

const scriptModal = (card: Card): ModalView => ({
  type: 'modal',
  title: plainText(`Script of #${card.task}`, modalTitleCharsMax),
  close: plainText('Close', modalTitleCharsMax),
  blocks: [...headBlocks(card), ...scriptModalBlocks(card)],
});

/** What it would do and where, above the text: a phone shows this first. */
const headBlocks = (card: Card): KnownBlock[] =>
  rich.block(
    'head',
    rich.quote(say.text(shown(card.request.replace(/\s+/g, ' '), details[0].requestChars))),
    rich.lines(
      ...targetLines(card, details[1]),
      riskLine(card),
      say.text(shown(summaryOf(card), details[0].summaryChars)),
    ),
  );

/** Who edited it stands on the message; here the console's own "you" would be whoever reads it. */
const summaryOf = ({ summary, proposal }: Card): string =>
  proposal?.drafter === 'person' ? '' : (summary ?? '');

const whereBlock = (card: Card): KnownBlock[] => {
  const option = (value: string, words: string): Option => ({
    text: plainText(words, optionCharsMax),
    value,
  });
  const all = option('all', `On all ${card.targets.length} machines`);
  return [
    {
      type: 'input',
      block_id: modalField.canary,
      label: plainText('Where first?', optionCharsMax),
      element: {
        type: 'radio_buttons',
        action_id: fieldAction,
        initial_option: all,
        options: [all, option('one', 'On one first, then I look')],
      },
    },
  ];
};

const typedBlock = ({ terms }: Card): KnownBlock[] => [
  {
    type: 'input',
    block_id: modalField.typed,
    label: plainText(terms?.confirmation?.why.text ?? 'Type the number', labelCharsMax),
    element: { type: 'plain_text_input', action_id: fieldAction, max_length: typedCharsMax },
  },
];
