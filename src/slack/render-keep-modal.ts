import type { InputBlock, ModalView } from '@slack/types';
import type { KeepWish } from '../core/keep.ts';
import { keepFields, keepTexts } from '../core/keep-fields.ts';
import { shown } from './escape.ts';
import { inputCharsMax, labelCharsMax } from './limits.ts';
import { fieldAction, keepBlock } from './modal-form.ts';
import { modalOf } from './render-modals.ts';
import { plainText } from './rich-text.ts';

/** A modal in which somebody confirms or changes what a runbook is called; a refusal stands at its first field. */
export const renderKeepModal = (task: number, form: KeepWish): ModalView => {
  const texts = keepTexts(form);
  const fields = keepFields.map(({ name, label, hint, isLong, isRequired, charsMax }): InputBlock => {
    const max = Math.min(charsMax, inputCharsMax);
    const value = shown(texts[name], max);
    return {
      type: 'input',
      block_id: keepBlock(name),
      optional: !isRequired,
      label: plainText(label, labelCharsMax),
      hint: plainText(hint, labelCharsMax),
      element: {
        type: 'plain_text_input',
        action_id: fieldAction,
        multiline: isLong,
        max_length: max,
        ...(value !== '' && { initial_value: value }),
      },
    };
  });
  return modalOf({ kind: 'keep', task }, `Keep #${task}`, 'Keep', fields);
};
