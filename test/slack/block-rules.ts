/**
 * Slack's documented rules for what it is sent, as strict as its pages say them. A message or view that breaks none
 * gives an empty list. The numbers are written out here once more, from Slack's pages and not from our limits: a test
 * that took ours would believe whatever we believe.
 *
 * Source: https://docs.slack.dev/reference/block-kit/blocks, /block-elements, /composition-objects, and
 * https://docs.slack.dev/reference/views.
 */

import { Faults, isObject, type Json } from '../chat/faults.ts';

type Rule = (value: Json, at: string, found: Finding) => undefined;

class Finding extends Faults {
  readonly ids = new Set<string>();
  readonly surface: 'message' | 'modal' | 'home';

  constructor(surface: 'message' | 'modal' | 'home') {
    super('Slack');
    this.surface = surface;
  }

  override keys(at: string, value: Json, ...known: string[]): undefined {
    super.keys(at, value, ...known);
    for (const [key, one] of Object.entries(value))
      if (one === undefined || one === null) this.say(`${at}.${key}`, 'is nothing');
  }
}

/** What is sent to chat.postMessage or chat.update. @returns one line for each rule that is broken. */
export const messageFaults = (message: { text?: unknown; blocks?: unknown }): string[] => {
  const found = new Finding('message');
  found.text('text', message.text, 1, 4_000);
  if (message.blocks !== undefined) {
    const blocks = found.list('blocks', message.blocks, 0, 50);
    blockList(blocks, found);
    if (blocks.filter(({ type }) => type === 'table').length > 1) found.say('blocks', 'has two tables');
    // The sum that Slack answers with msg_blocks_too_long to; see messageBlocksBytesMax.
    const bytes = Buffer.byteLength(JSON.stringify(blocks));
    if (bytes > 12_000) found.say('blocks', `has ${bytes} bytes`);
  }
  return found.broken;
};

/** What is sent to views.open, views.push, views.update or views.publish, or comes back as response_action. */
export const viewFaults = (view: unknown): string[] => {
  if (!isObject(view)) return ['view: is none'];
  const surface = view.type === 'home' ? 'home' : 'modal';
  const found = new Finding(surface);
  found.keys('view', view, ...viewKeys);
  if (view.type !== 'home' && view.type !== 'modal') found.say('view.type', 'is neither home nor modal');
  const blocks = found.list('blocks', view.blocks, 1, 100);
  blockList(blocks, found);
  if (surface === 'modal') {
    plain(view.title, 'title', found, 24);
    if (view.submit !== undefined) plain(view.submit, 'submit', found, 24);
    if (view.close !== undefined) plain(view.close, 'close', found, 24);
    if (view.submit === undefined && blocks.some(({ type }) => type === 'input'))
      found.say('submit', 'is missing beside an input');
  }
  if (view.private_metadata !== undefined) found.text('private_metadata', view.private_metadata, 0, 3_000);
  if (view.callback_id !== undefined) found.text('callback_id', view.callback_id, 1, 255);
  if (Buffer.byteLength(JSON.stringify(view)) > 250_000) found.say('view', 'is larger than 250 kB');
  return found.broken;
};

const viewKeys = [
  ...['type', 'title', 'submit', 'close', 'blocks', 'callback_id', 'private_metadata', 'external_id'],
  ...['clear_on_close', 'notify_on_close'],
];

const blockList = (blocks: readonly Json[], found: Finding): undefined => {
  for (const [at, block] of blocks.entries()) {
    const place = `blocks[${at}]`;
    if (!isObject(block)) {
      found.say(place, 'is no block');
      continue;
    }
    const rule = blockRules[String(block.type)];
    if (!rule) {
      found.say(place, `has the unknown type ${String(block.type)}`);
      continue;
    }
    if (block.block_id !== undefined) {
      found.text(`${place}.block_id`, block.block_id, 1, 255);
      if (found.ids.has(String(block.block_id))) found.say(place, 'has the block_id of another');
      found.ids.add(String(block.block_id));
    }
    rule(block, `${place} ${String(block.type)}`, found);
  }
};

const plain = (value: unknown, at: string, found: Finding, max: number): undefined => {
  if (!isObject(value) || value.type !== 'plain_text') return found.say(at, 'is no plain_text');
  found.keys(at, value, 'type', 'text', 'emoji');
  found.text(at, value.text, 1, max);
};

const textObject = (value: unknown, at: string, found: Finding, max: number): undefined => {
  if (!isObject(value)) return found.say(at, 'is no text object');
  if (value.type === 'plain_text') return plain(value, at, found, max);
  if (value.type !== 'mrkdwn') return found.say(at, `has the unknown type ${String(value.type)}`);
  found.keys(at, value, 'type', 'text', 'verbatim');
  found.text(at, value.text, 1, max);
};

const blockRules: Readonly<Record<string, Rule>> = {
  section: (block, at, found) => {
    found.keys(at, block, 'type', 'block_id', 'text', 'fields', 'accessory', 'expand');
    if (block.text === undefined && block.fields === undefined) found.say(at, 'has neither text nor fields');
    if (block.text !== undefined) textObject(block.text, `${at}.text`, found, 3_000);
    if (block.fields !== undefined)
      for (const field of found.list(`${at}.fields`, block.fields, 1, 10))
        textObject(field, `${at}.fields`, found, 2_000);
    if (block.accessory !== undefined) element(block.accessory, `${at}.accessory`, found);
  },
  header: (block, at, found) => {
    found.keys(at, block, 'type', 'block_id', 'text');
    plain(block.text, `${at}.text`, found, 150);
  },
  divider: (block, at, found) => found.keys(at, block, 'type', 'block_id'),
  context: (block, at, found) => {
    found.keys(at, block, 'type', 'block_id', 'elements');
    for (const one of found.list(at, block.elements, 1, 10)) textObject(one, at, found, 3_000);
  },
  actions: (block, at, found) => {
    found.keys(at, block, 'type', 'block_id', 'elements');
    const elements = found.list(at, block.elements, 1, 25);
    for (const one of elements) element(one, at, found);
    const ids = elements.map(({ action_id }) => String(action_id));
    if (new Set(ids).size < ids.length) found.say(at, 'has an action_id twice');
    if (elements.filter(({ style }) => style === 'primary').length > 1)
      found.say(at, 'has two primary buttons');
  },
  input: (block, at, found) => {
    found.keys(at, block, 'type', 'block_id', 'label', 'element', 'hint', 'optional', 'dispatch_action');
    if (found.surface === 'message') found.say(at, 'stands in a message');
    plain(block.label, `${at}.label`, found, 2_000);
    if (block.hint !== undefined) plain(block.hint, `${at}.hint`, found, 2_000);
    element(block.element, `${at}.element`, found);
  },
  rich_text: (block, at, found) => {
    found.keys(at, block, 'type', 'block_id', 'elements');
    for (const one of found.list(at, block.elements, 1, Number.POSITIVE_INFINITY))
      richElement(one, at, found);
  },
  table: (block, at, found) => {
    if (found.surface !== 'message') found.say(at, 'stands outside a message');
    found.keys(at, block, 'type', 'block_id', 'rows', 'column_settings');
    const rows = found.list(`${at}.rows`, block.rows, 1, 100) as unknown as Json[][];
    for (const row of rows) {
      found.list(`${at} row`, row, 1, 20);
      if (row.length !== rows[0]?.length) found.say(at, 'has rows of different lengths');
      for (const cell of row) tableCell(cell, at, found);
    }
    if (block.column_settings !== undefined)
      for (const one of found.list(at, block.column_settings, 1, 20))
        found.keys(at, one, 'align', 'is_wrapped');
    if (JSON.stringify(rows).length > 10_000) found.say(at, 'has more than 10,000 characters');
  },
  markdown: (block, at, found) => {
    found.keys(at, block, 'type', 'block_id', 'text');
    if (found.surface !== 'message') found.say(at, 'stands outside a message');
    found.text(at, block.text, 1, 12_000);
  },
};

const tableCell = (cell: Json, at: string, found: Finding): undefined => {
  if (cell.type === 'rich_text') return blockRules.rich_text?.(cell, `${at} cell`, found);
  if (cell.type !== 'raw_text') return found.say(at, `has a cell of the unknown type ${String(cell.type)}`);
  found.keys(`${at} cell`, cell, 'type', 'text');
  found.text(`${at} cell`, cell.text, 1, 3_000);
};

const richElement = (value: Json, at: string, found: Finding): undefined => {
  const place = `${at} ${String(value.type)}`;
  const isList = value.type === 'rich_text_list';
  const known = ['rich_text_section', 'rich_text_quote', 'rich_text_preformatted', 'rich_text_list'];
  if (!known.includes(String(value.type))) return found.say(place, 'is unknown in rich text');
  found.keys(place, value, 'type', 'elements', ...(isList ? ['style', 'indent', 'offset'] : []), 'border');
  if (isList && value.style !== 'bullet' && value.style !== 'ordered') found.say(place, 'has no style');
  for (const one of found.list(place, value.elements, 1, Number.POSITIVE_INFINITY)) {
    if (isList) {
      if (one.type !== 'rich_text_section') found.say(place, 'has something else than sections');
      richElement(one, place, found);
    } else inline(one, place, found, value.type === 'rich_text_preformatted');
  }
};

const inlineKeys: Readonly<Record<string, string[]>> = {
  text: ['text'],
  emoji: ['name', 'unicode'],
  link: ['url', 'text', 'unsafe'],
  user: ['user_id'],
  usergroup: ['usergroup_id'],
  channel: ['channel_id'],
  broadcast: ['range'],
  date: ['timestamp', 'format', 'url', 'fallback'],
};

const inline = (value: Json, at: string, found: Finding, isCode: boolean): undefined => {
  const place = `${at} ${String(value.type)}`;
  const keys = inlineKeys[String(value.type)];
  if (!keys) return found.say(place, 'is unknown in rich text');
  if (isCode && value.type !== 'text' && value.type !== 'link')
    found.say(place, 'stands in preformatted text');
  found.keys(place, value, 'type', 'style', ...keys);
  if (value.style !== undefined)
    found.keys(`${place}.style`, value.style as Json, 'bold', 'italic', 'strike', 'code', 'underline');
  // An empty one is refused; a blank between two words is not.
  if (value.type === 'text') {
    if (value.text === '') found.say(place, 'is empty');
    found.text(place, value.text, 0, 3_000);
    if (isCode && value.style !== undefined) found.say(place, 'has a style in preformatted text');
  }
  if (value.type === 'emoji' && !/^[a-z0-9_+'-]+$/.test(String(value.name))) found.say(place, 'is no name');
  if (value.type === 'user' && !/^[UW][A-Z0-9]+$/.test(String(value.user_id))) found.say(place, 'is no user');
  if (value.type === 'date' && !Number.isInteger(value.timestamp)) found.say(place, 'has no whole seconds');
  if (value.type === 'link' && !/^(https?|mailto):/.test(String(value.url)))
    found.say(place, 'is no address');
};

const element = (value: unknown, at: string, found: Finding): undefined => {
  if (!isObject(value)) return found.say(at, 'is no element');
  const rule = elementRules[String(value.type)];
  if (!rule) return found.say(at, `has the unknown element ${String(value.type)}`);
  if (value.action_id !== undefined) found.text(`${at}.action_id`, value.action_id, 1, 255);
  if (value.placeholder !== undefined) plain(value.placeholder, `${at}.placeholder`, found, 150);
  if (value.confirm !== undefined) confirmDialog(value.confirm, `${at}.confirm`, found);
  rule(value, `${at} ${String(value.type)}`, found);
};

const interactive = ['type', 'action_id', 'confirm', 'focus_on_load', 'placeholder'];

const elementRules: Readonly<Record<string, Rule>> = {
  button: (value, at, found) => {
    found.keys(
      at,
      value,
      ...['type', 'action_id', 'confirm', 'text', 'url', 'value', 'style', 'accessibility_label'],
    );
    plain(value.text, `${at}.text`, found, 75);
    if (value.value !== undefined) found.text(`${at}.value`, value.value, 1, 2_000);
    if (value.url !== undefined) found.text(`${at}.url`, value.url, 1, 3_000);
    if (value.style !== undefined && value.style !== 'primary' && value.style !== 'danger')
      found.say(at, 'has an unknown style');
  },
  static_select: (value, at, found) => {
    found.keys(at, value, ...interactive, 'options', 'option_groups', 'initial_option');
    optionList(value.options, at, found, 100);
  },
  multi_external_select: (value, at, found) => {
    found.keys(at, value, ...interactive, 'min_query_length', 'initial_options', 'max_selected_items');
    if (value.initial_options !== undefined) optionList(value.initial_options, at, found, 100);
  },
  external_select: (value, at, found) => {
    found.keys(at, value, ...interactive, 'min_query_length', 'initial_option');
  },
  radio_buttons: (value, at, found) => {
    found.keys(at, value, ...interactive, 'options', 'initial_option');
    optionList(value.options, at, found, 10);
    const same = (value.options as unknown[]).some(
      (one) => JSON.stringify(one) === JSON.stringify(value.initial_option),
    );
    if (value.initial_option !== undefined && !same) found.say(at, 'begins with what is no option');
  },
  plain_text_input: (value, at, found) => {
    found.keys(
      at,
      value,
      ...interactive,
      ...['initial_value', 'multiline', 'min_length', 'max_length', 'dispatch_action_config'],
    );
    const max = Number(value.max_length ?? 3_000);
    if (max < 1 || max > 3_000) found.say(at, `has a max_length of ${max}`);
    if (value.initial_value !== undefined) found.text(`${at}.initial_value`, value.initial_value, 0, max);
  },
};

const optionList = (value: unknown, at: string, found: Finding, max: number): undefined => {
  const options = found.list(`${at}.options`, value, 1, max);
  for (const option of options) {
    found.keys(at, option, 'text', 'value', 'description', 'url');
    textObject(option.text, `${at} option`, found, 75);
    found.text(`${at} option`, option.value, 1, 75);
  }
  const values = options.map((option) => option.value);
  if (new Set(values).size < values.length) found.say(at, 'has an option twice');
};

const confirmDialog = (value: unknown, at: string, found: Finding): undefined => {
  if (!isObject(value)) return found.say(at, 'is no dialog');
  found.keys(at, value, 'title', 'text', 'confirm', 'deny', 'style');
  plain(value.title, `${at}.title`, found, 100);
  textObject(value.text, `${at}.text`, found, 300);
  plain(value.confirm, `${at}.confirm`, found, 30);
  plain(value.deny, `${at}.deny`, found, 30);
};
