import type { APIModalInteractionResponseCallbackData } from 'discord.js';
import type { KeepWish } from '../core/keep.ts';
import { keepFields, keepTexts } from '../core/keep-fields.ts';
import { cut } from './escape.ts';
import { modal } from './modal-parts.ts';

/** What a runbook is called, to confirm or to change: as many fields as a modal holds. */
export const keepModal = (task: number, form: KeepWish): APIModalInteractionResponseCallbackData => {
  const texts = keepTexts(form);
  return modal(
    { kind: 'keep', task },
    `Keep #${task}`,
    keepFields.map(({ name, label, hint, isLong, isRequired, charsMax }) => ({
      ...{ name, label, words: hint, isLong, isRequired, charsMax },
      value: cut(texts[name], charsMax),
    })),
  );
};
