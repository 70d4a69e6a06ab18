import type { Json } from './slack-workspace-record.ts';

/** One interactive element, and the block in which it stands. */
export interface FoundElement {
  block: Json;
  element: Json;
}

/** What somebody left in fields, by block and action id. */
export type FilledFields = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** Every interactive element of these blocks, in the order in which people see them. */
export const elementsIn = (blocks: readonly Json[]): FoundElement[] =>
  blocks.flatMap((block) =>
    [block.accessory, block.element, ...asList(block.elements)]
      .filter((e): e is Json => typeof e === 'object' && e !== null && 'action_id' in e)
      .map((element) => ({ block, element })),
  );

/** What is written on it. */
export const labelOf = ({ element, block }: FoundElement): string => {
  const text = (element.text ?? block.label ?? element.placeholder) as Json | undefined;
  return String(text?.text ?? '');
};

/** The one with this action id, or with this written on it. */
export const elementNamed = (blocks: readonly Json[], name: string | RegExp): FoundElement => {
  const all = elementsIn(blocks);
  const found = all.find((one) => {
    const label = labelOf(one);
    return typeof name === 'string' ? one.element.action_id === name || label === name : name.test(label);
  });
  if (found) return found;
  throw new Error(`nothing to click is called ${name}; there is ${all.map(labelOf).join(', ') || 'nothing'}`);
};

/**
 * What the inputs hold: as typed or chosen now, else as somebody left them, else as they were made. Keys of `typed` are
 * action ids, block ids or labels. An update that keeps block and action id keeps what is in the field, whatever initial
 * value it brings: https://github.com/slackapi/bolt-js/issues/290.
 */
export const stateOf = (
  blocks: readonly Json[],
  typed: Readonly<Record<string, string | string[]>>,
  filled: FilledFields = {},
): Json => {
  const values: Record<string, Json> = {};
  const used = new Set<string>();
  for (const found of elementsIn(blocks)) {
    const { block, element } = found;
    if (element.type === 'button') continue;
    const [action, id] = [String(element.action_id), String(block.block_id)];
    const key = [action, id, labelOf(found)].find((name) => name in typed);
    if (key !== undefined) used.add(key);
    const left = filled[id]?.[action];
    const state =
      key === undefined && left ? left : stateOfOne(element, key === undefined ? null : (typed[key] ?? null));
    values[id] = { ...values[id], [action]: state };
  }
  const unknown = Object.keys(typed).filter((key) => !used.has(key));
  if (unknown.length > 0) throw new Error(`there is no field ${unknown.join(', ')}`);
  return values;
};

const stateOfOne = (element: Json, typed: string | string[] | null): Json => {
  const type = String(element.type);
  if (type === 'plain_text_input') return { type, value: typed ?? element.initial_value ?? null };
  if (type.startsWith('multi_') || type === 'checkboxes') {
    const chosen = typed === null ? element.initial_options : asList(typed).map((v) => optionOf(element, v));
    return { type, selected_options: chosen ?? [] };
  }
  return {
    type,
    selected_option: typed === null ? (element.initial_option ?? null) : optionOf(element, typed),
  };
};

/** An option that is listed, by its value or its words; of an external list, whatever was found there. */
export const optionOf = (element: Json, wanted: unknown): Json => {
  const groups = asList(element.option_groups).flatMap((g) => asList((g as Json).options));
  const listed = [...asList(element.options), ...groups] as Json[];
  const found = listed.find((o) => o.value === wanted || (o.text as Json).text === wanted);
  if (found) return found;
  if (!String(element.type).includes('external')) throw new Error(`there is no option ${String(wanted)}`);
  return { text: { type: 'plain_text', text: String(wanted) }, value: String(wanted) };
};

/** Why a modal can't be submitted so, by block id; Slack itself shows these. */
export const problemsOf = (blocks: readonly Json[], values: Json): Record<string, string> =>
  Object.fromEntries(
    blocks
      .filter((b) => b.type === 'input')
      .flatMap((block) => {
        const element = block.element as Json;
        const state = (values[String(block.block_id)] as Json | undefined)?.[String(element.action_id)];
        const { value, selected_option, selected_options } = (state ?? {}) as Json;
        const given =
          value ?? selected_option ?? (asList(selected_options).length > 0 ? selected_options : null);
        const isEmpty = given === null || given === undefined || given === '';
        if (isEmpty) return block.optional ? [] : [[block.block_id, 'required']];
        const length = String(value ?? '').length;
        const isLong = length > Number(element.max_length ?? 3_000);
        return isLong ? [[block.block_id, 'too long']] : [];
      }),
  );

const asList = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
