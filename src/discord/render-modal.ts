import { type APIModalInteractionResponseCallbackData, ComponentType } from 'discord.js';
import type { Card } from '../core/card.ts';
import type { ButtonMeaning } from './custom-id.ts';
import { cut, plain } from './escape.ts';
import { fieldCharsMax, modalFieldsMax, reasonCharsMax } from './limits.ts';
import { modal } from './modal-parts.ts';

/** Names of the fields of our modals; a script's field is named by its digest. */
export const field = {
  confirm: 'confirm',
  reason: 'reason',
  request: 'request',
  context: 'context',
} as const;

export const rejectModal = (task: number): APIModalInteractionResponseCallbackData =>
  modal({ kind: 'reject', task }, `Reject #${task}`, [
    {
      name: field.reason,
      label: 'Why?',
      words: 'It helps whoever asked; it may stay empty.',
      isLong: true,
      isRequired: false,
      charsMax: reasonCharsMax,
    },
  ]);

/** For a yes that takes typing: says why above the field, since a description is too short for it. */
export const confirmModal = (
  meaning: Extract<ButtonMeaning, { kind: 'approve' }>,
  typed: string,
  why: string,
): APIModalInteractionResponseCallbackData => {
  const form = modal(meaning, `Approve #${meaning.task}`, [
    { name: field.confirm, label: `Type ${typed}`, isLong: false, isRequired: true, charsMax: 64 },
  ]);
  return {
    ...form,
    components: [{ type: ComponentType.TextDisplay, content: why }, ...form.components],
  };
};

/** Null where a script doesn't fit into a field, or has none left: then it is edited in the console. */
export const editModal = (card: Card, proposal: number): APIModalInteractionResponseCallbackData | null =>
  card.scripts.length === 0 ||
  card.scripts.length > modalFieldsMax ||
  card.scripts.some(({ text }) => text.length > fieldCharsMax)
    ? null
    : modal(
        { kind: 'edit', task: card.task, proposal },
        `Edit #${card.task}`,
        card.scripts.map((script) => ({
          name: script.digest,
          label: `${script.interpreter} for ${script.platforms.join(', ')}`,
          value: script.text,
          isLong: true,
          isRequired: true,
          charsMax: fieldCharsMax,
        })),
      );

/** @param context the message pointed at; it goes along as data, and the person sees what goes. */
export const aboutModal = (message: string, context: string): APIModalInteractionResponseCallbackData =>
  modal({ kind: 'about', message }, 'Ask Nerdy about this', [
    {
      name: field.request,
      label: 'What do you want to know?',
      words: 'For example: check disk on db1',
      isLong: true,
      isRequired: true,
      charsMax: fieldCharsMax,
    },
    {
      name: field.context,
      label: 'The message',
      words: 'Goes along as it stands here. It is read, never run.',
      value: cut(plain(context), fieldCharsMax),
      isLong: true,
      isRequired: false,
      charsMax: fieldCharsMax,
    },
  ]);
