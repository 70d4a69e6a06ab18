import type { ActionsBlock, Button, PlainTextOption, StaticSelect } from '@slack/types';
import { encodeAction, encodeMenu, type SlackAction } from './action.ts';
import { shown } from './escape.ts';
import {
  actionsElementsMax,
  buttonTextCharsMax,
  confirmLabelCharsMax,
  confirmTextCharsMax,
  confirmTitleCharsMax,
  menuBytesMax,
  optionCharsMax,
  optionsMax,
  placeholderCharsMax,
} from './limits.ts';
import { plainText } from './rich-text.ts';

export interface ButtonFace {
  label: string;
  action: SlackAction;
  style?: 'primary' | 'danger';
  /** Asked again before it counts: a thumb slips. */
  confirm?: { title: string; text: string; yes: string };
}

/** A button, or none where what it asks for is longer than a button can carry. */
export const button = (face: ButtonFace, place = 0): Button[] => {
  const encoded = encodeAction(face.action, place);
  if (!encoded) return [];
  const { confirm } = face;
  return [
    {
      type: 'button',
      text: plainText(face.label, buttonTextCharsMax),
      ...encoded,
      ...(face.style && { style: face.style }),
      ...(confirm && {
        confirm: {
          title: plainText(confirm.title, confirmTitleCharsMax),
          text: plainText(confirm.text, confirmTextCharsMax),
          confirm: plainText(confirm.yes, confirmLabelCharsMax),
          deny: plainText('Not yet', confirmLabelCharsMax),
          ...(face.style && { style: face.style }),
        },
      }),
    },
  ];
};

export interface MenuFace {
  placeholder: string;
  action: Extract<SlackAction, { kind: 'choose' | 'diagnose' }>;
  options: readonly string[];
}

/** A name that an option can carry as it is: not blank, not too long, and with nothing hidden in it. */
export const isOption = (name: string): boolean =>
  name.trim() !== '' && name.length <= optionCharsMax && shown(name) === name;

/** A menu of names. A name that an option can't carry whole is left out: cut, it would be another machine's. */
export const menu = (face: MenuFace): StaticSelect[] => {
  const names = [...new Set(face.options.filter(isOption))].slice(0, optionsMax);
  const options = withinBytes(names.map((name) => ({ text: plainText(name, optionCharsMax), value: name })));
  if (options.length === 0) return [];
  return [
    {
      type: 'static_select',
      action_id: encodeMenu(face.action),
      placeholder: plainText(face.placeholder, placeholderCharsMax),
      options,
    },
  ];
};

const withinBytes = (options: readonly PlainTextOption[]): PlainTextOption[] => {
  let bytes = 0;
  return options.filter((option) => {
    bytes += Buffer.byteLength(JSON.stringify(option));
    return bytes <= menuBytesMax;
  });
};

export const actions = (id: string, elements: readonly (Button | StaticSelect)[]): ActionsBlock[] =>
  elements.length === 0
    ? []
    : [{ type: 'actions', block_id: id, elements: elements.slice(0, actionsElementsMax) }];
