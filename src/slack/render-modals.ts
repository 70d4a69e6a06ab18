import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type { Card } from '../core/card.ts';
import { requestCharsMax } from '../core/limits.ts';
import { encodeAction, type SlackAction } from './action.ts';
import { shown } from './escape.ts';
import { fitsView } from './fit.ts';
import {
  editPieceCharsMax,
  inputCharsMax,
  labelCharsMax,
  metadataCharsMax,
  modalTitleCharsMax,
  optionCharsMax,
  optionsMax,
  placeholderCharsMax,
  previewCharsMax,
  reasonCharsMax,
} from './limits.ts';
import { fieldAction, modalField, pieceBlock } from './modal-form.ts';
import { isOption } from './render-buttons.ts';
import { plainText, rich, say } from './rich-text.ts';
import { splitText } from './split-text.ts';

/** A modal in which somebody says why not. What was submitted is read by `decodeAction` and `readForm`. */
export const renderRejectModal = (card: Card): ModalView =>
  modalOf({ kind: 'reject', task: card.task }, `Reject #${card.task}`, 'Reject', [
    ...requestBlock(card),
    {
      type: 'input',
      block_id: modalField.reason,
      optional: true,
      label: plainText('Why?', labelCharsMax),
      hint: plainText('It helps whoever asked.', labelCharsMax),
      element: {
        type: 'plain_text_input',
        action_id: fieldAction,
        multiline: true,
        max_length: reasonCharsMax,
        focus_on_load: true,
      },
    },
  ]);

/** A modal with the scripts in pieces that its inputs can hold; null where it has no room for all of them. */
export const renderEditModal = (card: Card): ModalView | null => {
  const fields = card.scripts.flatMap((script, at) =>
    piecesOf(shown(script.text)).map(({ text, newlines }, piece, all): InputBlock => {
      const label = `${script.interpreter} for ${script.platforms.join(', ')}`;
      return {
        type: 'input',
        block_id: pieceBlock(at, piece, newlines, script.digest),
        optional: true,
        label: plainText(
          all.length === 1 ? label : `${label}, part ${piece + 1} of ${all.length}`,
          labelCharsMax,
        ),
        element: {
          type: 'plain_text_input',
          action_id: fieldAction,
          multiline: true,
          max_length: inputCharsMax,
          ...(text !== '' && { initial_value: text }),
        },
      };
    }),
  );
  const blocks: KnownBlock[] = [
    ...rich.block(
      'note',
      rich.lines(say.text('Saving makes the next revision. It is read and decided anew; nothing runs yet.')),
    ),
    ...fields,
  ];
  if (!card.proposal || !fitsView(blocks)) return null;
  const action = { kind: 'edit' as const, task: card.task, proposal: card.proposal.revision };
  return modalOf(action, `Edit #${card.task}`, 'Save', blocks);
};

/** Line ends stand between the pieces, where no client can trim them. */
const piecesOf = (text: string): { text: string; newlines: number }[] =>
  splitText(text, editPieceCharsMax).map((piece) => {
    const bare = piece.replace(/\n+$/, '');
    return { text: bare, newlines: piece.length - bare.length };
  });

export interface AskModal {
  /** What stands in the field already; empty for nothing. */
  request: string;
  /** Machines chosen already, by name. */
  machines: readonly string[];
  /** What the words and machines come to now; null before that was asked. */
  preview: string | null;
  /** A message that the request is about, as it is shown; null for none. */
  context: string | null;
  /** Ours, handed back when it is submitted. */
  metadata: string;
}

/** A modal in which a request is written, with the machines beside it. Its `callback_id` is `nerdy.compose.0`. */
export const renderAskModal = (ask: AskModal): ModalView => ({
  ...modalOf({ kind: 'compose' }, 'Ask Nerdy', 'Ask', askBlocks(ask)),
  private_metadata: ask.metadata.slice(0, metadataCharsMax),
});

const askBlocks = (ask: AskModal): KnownBlock[] => {
  const request = shown(ask.request, inputCharsMax);
  const chosen = [...new Set(ask.machines.filter(isOption))]
    .slice(0, optionsMax)
    .map((name) => ({ text: plainText(name, optionCharsMax), value: name }));
  return [
    ...rich.block('context', ask.context === null ? [] : rich.quote(say.text(shown(ask.context, 600)))),
    {
      type: 'input',
      block_id: modalField.request,
      label: plainText('What shall be done?', labelCharsMax),
      element: {
        type: 'plain_text_input',
        action_id: fieldAction,
        multiline: true,
        focus_on_load: true,
        max_length: Math.min(inputCharsMax, requestCharsMax),
        placeholder: plainText('check memory on db1', placeholderCharsMax),
        ...(request !== '' && { initial_value: request }),
      },
    },
    {
      type: 'input',
      block_id: modalField.machines,
      optional: true,
      dispatch_action: true,
      label: plainText('On which machines?', labelCharsMax),
      hint: plainText('May stay empty where the words say it.', labelCharsMax),
      element: {
        type: 'multi_external_select',
        action_id: fieldAction,
        min_query_length: 0,
        placeholder: plainText('db1, role=web, all linux', placeholderCharsMax),
        ...(chosen.length > 0 && { initial_options: chosen }),
      },
    },
    ...rich.block('preview', rich.lines(say.text(shown(ask.preview ?? '', previewCharsMax)))),
  ];
};

const requestBlock = (card: Card): KnownBlock[] =>
  rich.block('request-shown', rich.quote(say.text(shown(card.request.replace(/\s+/g, ' '), 300))));

/** Its `callback_id` and `private_metadata` are an action, so that a submission is read as a click is. */
export const modalOf = (
  action: SlackAction,
  title: string,
  submit: string,
  blocks: KnownBlock[],
): ModalView => {
  const encoded = encodeAction(action);
  return {
    type: 'modal',
    ...(encoded && { callback_id: encoded.action_id, private_metadata: encoded.value }),
    title: plainText(title, modalTitleCharsMax),
    submit: plainText(submit, modalTitleCharsMax),
    close: plainText('Not now', modalTitleCharsMax),
    blocks,
  };
};
