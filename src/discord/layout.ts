import {
  type APIButtonComponentWithCustomId,
  type APIComponentInContainer,
  type APIContainerComponent,
  type APIStringSelectComponent,
  ButtonStyle,
  ComponentType,
} from 'discord.js';
import type { CardTone } from '../core/card.ts';
import type { Instant } from '../core/task.ts';
import { type ButtonMeaning, customId } from './custom-id.ts';
import { cut, plain } from './escape.ts';
import { buttonLabelCharsMax, menuOptionsMax, optionCharsMax, rowButtonsMax } from './limits.ts';

/**
 * A message as Discord takes it. All of ours are laid out in one container (IS_COMPONENTS_V2) and not as embeds:
 * script, files and buttons then stand in the order in which they are read, a script has 4,000 characters in code type
 * instead of what a field leaves, and the container's own number tells our message again after a crash.
 */
export interface Rendered {
  container: APIContainerComponent;
  files: { name: string; bytes: Buffer }[];
  /** Whom it calls; nobody else is, whatever the text says. */
  calls: string[];
}

/** Discord's own colours for the same meanings. */
const colours: Record<CardTone, number> = {
  waiting: 0xf0b232,
  working: 0x5865f2,
  good: 0x23a55a,
  bad: 0xf23f43,
  quiet: 0x80848e,
};

export const toneMarks: Readonly<Record<CardTone, string>> = {
  waiting: '🟡',
  working: '🔵',
  good: '🟢',
  bad: '🔴',
  quiet: '⚪',
};

export const container = (
  tone: CardTone,
  parts: readonly APIComponentInContainer[],
): APIContainerComponent => ({
  type: ComponentType.Container,
  accent_color: colours[tone],
  components: [...parts],
});

export const part = {
  /** None where there is nothing to say: Discord takes no empty text. */
  text: (content: string): APIComponentInContainer[] =>
    content.trim() === '' ? [] : [{ type: ComponentType.TextDisplay, content }],
  line: (): APIComponentInContainer => ({ type: ComponentType.Separator, divider: true, spacing: 1 }),
  /** A file of the same message, shown where it stands. */
  file: (name: string): APIComponentInContainer => ({
    type: ComponentType.File,
    file: { url: `attachment://${name}` },
  }),
  /** Text with one button beside it. */
  beside: (content: string, accessory: APIButtonComponentWithCustomId): APIComponentInContainer => ({
    type: ComponentType.Section,
    components: [{ type: ComponentType.TextDisplay, content }],
    accessory,
  }),
  /** Of two that mean the same the first: Discord refuses a message that has an id twice. */
  rows: (buttons: readonly APIButtonComponentWithCustomId[]): APIComponentInContainer[] => {
    const rows: APIComponentInContainer[] = [];
    const each = [...new Map(buttons.toReversed().map((one) => [one.custom_id, one])).values()].toReversed();
    for (let at = 0; at < each.length; at += rowButtonsMax) {
      rows.push({ type: ComponentType.ActionRow, components: each.slice(at, at + rowButtonsMax) });
    }
    return rows;
  },
  menu: (meaning: ButtonMeaning, words: string, options: readonly string[]): APIComponentInContainer[] => {
    const id = customId(meaning);
    const isTaken = (option: string): boolean =>
      option.trim() !== '' && option.length <= optionCharsMax && plain(option) === option;
    const known = [...new Set(options.filter(isTaken))].slice(0, menuOptionsMax);
    if (id === null || known.length === 0) return [];
    const menu: APIStringSelectComponent = {
      type: ComponentType.StringSelect,
      custom_id: id,
      placeholder: words,
      options: known.map((option) => ({ label: option, value: option })),
    };
    return [{ type: ComponentType.ActionRow, components: [menu] }];
  },
} as const;

const styles = {
  plain: ButtonStyle.Secondary,
  primary: ButtonStyle.Primary,
  good: ButtonStyle.Success,
  grave: ButtonStyle.Danger,
} as const;

/** None where its meaning doesn't fit into an id. */
export const button = (
  meaning: ButtonMeaning,
  label: string,
  style: keyof typeof styles = 'plain',
): APIButtonComponentWithCustomId[] => {
  const id = customId(meaning);
  const shown = cut(plain(label).trim(), buttonLabelCharsMax);
  if (id === null || shown === '') return [];
  return [{ type: ComponentType.Button, style: styles[style], label: shown, custom_id: id }];
};

/** A moment in the reader's own zone and language: `R` counts ("in 5 minutes"), `t` is the time of day. */
export const stamp = (at: Instant, style: 'R' | 't' | 'f'): string =>
  `<t:${Math.floor(at / 1_000)}:${style}>`;
