/**
 * Discord's documented rules for what it is sent, as strict as its pages say them. What breaks none gives an empty
 * list. The numbers are written out here once more, from Discord's pages and not from our limits: a test that took
 * ours would believe whatever we believe.
 *
 * Source: https://docs.discord.com/developers/components/reference,
 * https://docs.discord.com/developers/resources/message#create-message and
 * https://docs.discord.com/developers/interactions/receiving-and-responding.
 */

import { Faults, isObject, type Json } from '../chat/faults.ts';

type Rule = (value: Json, at: string, found: Finding) => undefined;

class Finding extends Faults {
  readonly customIds = new Set<string>();
  readonly ids = new Set<number>();
  readonly files: readonly string[];
  components = 0;
  chars = 0;

  constructor(files: readonly string[]) {
    super('Discord');
    this.files = files;
  }

  number(at: string, value: unknown, min: number, max: number): undefined {
    if (!Number.isInteger(value) || Number(value) < min || Number(value) > max)
      this.say(at, `is ${String(value)}, ${min} to ${max}`);
  }

  customId(at: string, value: unknown): undefined {
    this.text(`${at}.custom_id`, value, 1, 100);
    if (this.customIds.has(String(value))) this.say(at, 'has the custom_id of another');
    this.customIds.add(String(value));
  }
}

const isComponentsV2 = 1 << 15;
/** SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS and IS_COMPONENTS_V2: all that a bot may set by itself. */
const settable = (1 << 2) | (1 << 12) | isComponentsV2;
const ephemeral = 1 << 6;

export interface SentFile {
  name: string;
  bytes: number;
}

/**
 * What is sent to create or edit a message, or in answer to an interaction.
 *
 * @param isInteraction what answers an interaction may be ephemeral.
 * @returns one line for each rule that is broken.
 */
export const messageFaults = (
  body: unknown,
  files: readonly SentFile[] = [],
  isInteraction = false,
): string[] => {
  if (!isObject(body)) return ['message: is none'];
  const found = new Finding(files.map(({ name }) => name));
  found.keys('message', body, ...messageKeys);
  const flags = body.flags ?? 0;
  found.number('flags', flags, 0, 2 ** 31);
  if (Number(flags) & ~(isInteraction ? settable | ephemeral : settable)) found.say('flags', `is ${flags}`);
  const isLaidOut = (Number(flags) & isComponentsV2) !== 0;
  if (isLaidOut) {
    for (const key of ['content', 'embeds', 'poll', 'sticker_ids'])
      if (body[key] !== undefined && body[key] !== null) found.say(key, 'stands beside laid out components');
  } else plainFaults(body, files, found);
  if (body.components !== undefined) {
    const at = isLaidOut ? 'layout' : 'components';
    for (const one of found.list(at, body.components, isLaidOut ? 1 : 0, isLaidOut ? 40 : 5))
      component(one, at, found, isLaidOut ? topLevel : ['1']);
  } else if (isLaidOut) found.say('layout', 'is missing');
  if (found.components > 40) found.say('components', `are ${found.components}, 40 at most`);
  if (found.chars > 4_000) found.say('components', `have ${found.chars} characters of text, 4000 at most`);
  fileFaults(body, files, found);
  mentionFaults(body.allowed_mentions, found);
  if (body.nonce !== undefined) found.text('nonce', body.nonce, 1, 25);
  if (body.enforce_nonce === true && body.nonce === undefined) found.say('enforce_nonce', 'has no nonce');
  return found.broken;
};

const messageKeys = [
  ...[
    'content',
    'embeds',
    'components',
    'flags',
    'allowed_mentions',
    'attachments',
    'message_reference',
    'tts',
  ],
  ...['nonce', 'enforce_nonce', 'poll', 'sticker_ids'],
];

const plainFaults = (body: Json, files: readonly SentFile[], found: Finding): undefined => {
  const embeds = body.embeds === undefined ? [] : found.list('embeds', body.embeds, 0, 10);
  if (body.content !== undefined && body.content !== null) found.text('content', body.content, 0, 2_000);
  if (!body.content && embeds.length === 0 && files.length === 0) found.say('message', 'is empty');
  let chars = 0;
  const count = (at: string, value: unknown, max: number): undefined => {
    if (value === undefined) return;
    found.text(at, value, 1, max);
    chars += String(value).length;
  };
  for (const embed of embeds) {
    count('embed.title', embed.title, 256);
    count('embed.description', embed.description, 4_096);
    count('embed.footer', (embed.footer as Json | undefined)?.text, 2_048);
    count('embed.author', (embed.author as Json | undefined)?.name, 256);
    for (const field of embed.fields === undefined ? [] : found.list('embed.fields', embed.fields, 0, 25)) {
      count('embed.field.name', field.name, 256);
      count('embed.field.value', field.value, 1_024);
    }
  }
  if (chars > 6_000) found.say('embeds', `have ${chars} characters, 6000 at most`);
};

const fileFaults = (body: Json, files: readonly SentFile[], found: Finding): undefined => {
  if (files.length > 10) found.say('files', `are ${files.length}, 10 at most`);
  if (files.reduce((sum, { bytes }) => sum + bytes, 0) > 10 * 1024 * 1024)
    found.say('files', 'are larger than 10 MiB');
  // Discord renames other letters, and a component that points at the old name is refused.
  for (const { name } of files)
    if (!/^[\w.-]{1,260}$/.test(name)) found.say('files', `have the name ${JSON.stringify(name)}`);
  if (new Set(found.files).size < files.length) found.say('files', 'have a name twice');
  if (body.attachments === undefined) return;
  for (const one of found.list('attachments', body.attachments, 0, 10))
    if (!files[Number(one.id)] && !/^\d{15,21}$/.test(String(one.id)))
      found.say('attachments', `know no ${one.id}`);
};

const mentionFaults = (value: unknown, found: Finding): undefined => {
  if (value === undefined) return found.say('allowed_mentions', 'is missing: everybody could be called');
  if (!isObject(value)) return found.say('allowed_mentions', 'is none');
  found.keys('allowed_mentions', value, 'parse', 'users', 'roles', 'replied_user');
  const parse: unknown[] = value.parse === undefined ? [] : found.list('parse', value.parse, 0, 3);
  for (const kind of ['users', 'roles']) {
    const ids: unknown[] = value[kind] === undefined ? [] : found.list(kind, value[kind], 0, 100);
    if (ids.length > 0 && parse.includes(kind)) found.say('allowed_mentions', `names and parses ${kind}`);
    for (const id of ids) if (!/^\d{15,21}$/.test(String(id))) found.say(kind, `have the id ${String(id)}`);
  }
};

const topLevel = ['1', '9', '10', '12', '13', '14', '17'];
const inContainer = topLevel.filter((type) => type !== '17');

const component = (value: unknown, at: string, found: Finding, allowed: readonly string[]): undefined => {
  if (!isObject(value)) return found.say(at, 'is no component');
  const type = String(value.type);
  const place = `${at} > ${names[type] ?? type}`;
  found.components += 1;
  if (!allowed.includes(type)) return found.say(place, 'may not stand there');
  if (value.id !== undefined) {
    found.number(`${place}.id`, value.id, 0, 2 ** 31 - 1);
    if (found.ids.has(Number(value.id))) found.say(place, 'has the id of another');
    found.ids.add(Number(value.id));
  }
  rules[type]?.(value, place, found);
};

const names: Readonly<Record<string, string>> = {
  ...{ '1': 'row', '2': 'button', '3': 'menu', '4': 'input', '9': 'section', '10': 'text' },
  ...{ '13': 'file', '14': 'separator', '17': 'container', '18': 'label' },
};

const rules: Readonly<Record<string, Rule>> = {
  '1': (value, at, found) => {
    found.keys(at, value, 'type', 'id', 'components');
    const inside = found.list(at, value.components, 1, 5);
    for (const one of inside) component(one, at, found, ['2', '3', '5', '6', '7', '8']);
    if (inside.length > 1 && inside.some(({ type }) => type !== 2)) found.say(at, 'has a menu beside others');
  },
  '2': (value, at, found) => {
    found.keys(at, value, 'type', 'id', 'style', 'label', 'emoji', 'custom_id', 'url', 'disabled');
    found.number(`${at}.style`, value.style, 1, 6);
    if (value.label === undefined && value.emoji === undefined) found.say(at, 'has neither label nor emoji');
    if (value.label !== undefined) found.text(`${at}.label`, value.label, 1, 80);
    if (value.style === 5) {
      found.text(`${at}.url`, value.url, 1, 512);
      if (value.custom_id !== undefined) found.say(at, 'has both url and custom_id');
    } else found.customId(at, value.custom_id);
  },
  '3': (value, at, found) => {
    found.keys(at, value, 'type', 'id', 'custom_id', 'options', 'placeholder', ...selectKeys);
    found.customId(at, value.custom_id);
    if (value.placeholder !== undefined) found.text(`${at}.placeholder`, value.placeholder, 0, 150);
    const options = found.list(`${at}.options`, value.options, 1, 25);
    for (const option of options) {
      found.keys(at, option, 'label', 'value', 'description', 'emoji', 'default');
      found.text(`${at} option label`, option.label, 1, 100);
      found.text(`${at} option value`, option.value, 1, 100);
      if (option.description !== undefined) found.text(`${at} option words`, option.description, 1, 100);
    }
    const values = options.map((option) => option.value);
    if (new Set(values).size < values.length) found.say(at, 'has an option twice');
  },
  '4': (value, at, found) => {
    found.keys(
      at,
      value,
      'type',
      'id',
      'custom_id',
      'style',
      'min_length',
      'max_length',
      'required',
      'value',
      'placeholder',
    );
    found.customId(at, value.custom_id);
    found.number(`${at}.style`, value.style, 1, 2);
    const max = value.max_length ?? 4_000;
    found.number(`${at}.max_length`, max, 1, 4_000);
    if (value.min_length !== undefined) found.number(`${at}.min_length`, value.min_length, 0, 4_000);
    if (value.value !== undefined) found.text(`${at}.value`, value.value, 0, Number(max));
    if (value.placeholder !== undefined) found.text(`${at}.placeholder`, value.placeholder, 0, 100);
  },
  '9': (value, at, found) => {
    found.keys(at, value, 'type', 'id', 'components', 'accessory');
    for (const one of found.list(at, value.components, 1, 3)) component(one, at, found, ['10']);
    component(value.accessory, at, found, ['2', '11']);
  },
  '10': (value, at, found) => {
    found.keys(at, value, 'type', 'id', 'content');
    found.text(at, value.content, 1, 4_000);
    found.chars += String(value.content).length;
  },
  '13': (value, at, found) => {
    found.keys(at, value, 'type', 'id', 'file', 'spoiler');
    const name = /^attachment:\/\/(.+)$/.exec(String((value.file as Json | undefined)?.url))?.[1];
    if (name === undefined) return found.say(at, 'points at no attachment');
    if (!found.files.includes(name)) found.say(at, `points at ${name}, which is not sent`);
  },
  '14': (value, at, found) => {
    found.keys(at, value, 'type', 'id', 'divider', 'spacing');
    if (value.spacing !== undefined) found.number(`${at}.spacing`, value.spacing, 1, 2);
  },
  '17': (value, at, found) => {
    found.keys(at, value, 'type', 'id', 'components', 'accent_color', 'spoiler');
    if (value.accent_color !== undefined) found.number(`${at}.accent_color`, value.accent_color, 0, 0xffffff);
    for (const one of found.list(at, value.components, 1, 40)) component(one, at, found, inContainer);
  },
  '18': (value, at, found) => {
    found.keys(at, value, 'type', 'id', 'label', 'description', 'component');
    found.text(`${at}.label`, value.label, 1, 45);
    if (value.description !== undefined) found.text(`${at}.description`, value.description, 0, 100);
    component(value.component, at, found, ['3', '4', '5', '6', '7', '8', '19']);
  },
};

const selectKeys = ['min_values', 'max_values', 'disabled', 'required'];

/** What opens a modal. */
export const modalFaults = (modal: unknown): string[] => {
  if (!isObject(modal)) return ['modal: is none'];
  const found = new Finding([]);
  found.keys('modal', modal, 'custom_id', 'title', 'components');
  found.text('modal.custom_id', modal.custom_id, 1, 100);
  found.text('modal.title', modal.title, 1, 45);
  for (const one of found.list('modal', modal.components, 1, 5)) component(one, 'modal', found, ['10', '18']);
  if (found.chars > 4_000) found.say('modal', `has ${found.chars} characters of text, 4000 at most`);
  return found.broken;
};

/** What an autocompletion offers. */
export const choiceFaults = (data: unknown): string[] => {
  if (!isObject(data)) return ['choices: are none'];
  const found = new Finding([]);
  for (const one of found.list('choices', data.choices, 0, 25)) {
    found.text('choice.name', one.name, 1, 100);
    if (typeof one.value === 'string') found.text('choice.value', one.value, 1, 100);
  }
  return found.broken;
};
