import {
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  type APITextInputComponent,
  ComponentType,
  TextInputStyle,
} from 'discord.js';
import { type ButtonMeaning, customId } from './custom-id.ts';
import { cut, plain } from './escape.ts';
import { labelWordsCharsMax, modalTitleCharsMax } from './limits.ts';

interface FieldWords {
  name: string;
  label: string;
  words?: string;
  value?: string;
  isLong: boolean;
  isRequired: boolean;
  charsMax: number;
}

const labelled = (of: FieldWords): APILabelComponent => {
  const input: APITextInputComponent = {
    type: ComponentType.TextInput,
    custom_id: of.name,
    style: of.isLong ? TextInputStyle.Paragraph : TextInputStyle.Short,
    required: of.isRequired,
    max_length: of.charsMax,
    ...(of.value === undefined || of.value === '' ? {} : { value: of.value }),
  };
  return {
    type: ComponentType.Label,
    label: cut(plain(of.label), modalTitleCharsMax),
    ...(of.words === undefined ? {} : { description: cut(plain(of.words), labelWordsCharsMax) }),
    component: input,
  };
};

/** A modal of text fields, in their order. */
export const modal = (
  meaning: ButtonMeaning,
  title: string,
  fields: readonly FieldWords[],
): APIModalInteractionResponseCallbackData => ({
  custom_id: customId(meaning) ?? '',
  title: cut(plain(title), modalTitleCharsMax),
  components: fields.map(labelled),
});
