import {
  callbackIdCharsMax,
  messageBlocksMax,
  privateMetadataCharsMax,
  viewBlocksMax,
  viewBytesMax,
  viewTitleCharsMax,
} from './slack-workspace-limits.ts';
import type { Json } from './slack-workspace-record.ts';

/** Says what is broken in a message or a view, as Slack would refuse it; empty where all is well. */
export interface BlockRules {
  message(message: { text: string; blocks: readonly Json[] }): string[];
  view(view: Json): string[];
}

/** What may be shown: by the rules that it is given, beside those that are looked at here. */
export class SlackRules {
  readonly #rules: BlockRules;

  constructor(rules: BlockRules) {
    this.#rules = rules;
  }

  message(text: string, blocks: readonly Json[]): string[] {
    const tooMany =
      blocks.length > messageBlocksMax ? [`no more than ${messageBlocksMax} items allowed`] : [];
    const inputs = blocks.filter((b) => b.type === 'input').map(() => 'unsupported type: input');
    return [...tooMany, ...inputs, ...this.#rules.message({ text, blocks })];
  }

  view(view: Json, type: 'modal' | 'home'): { tooLarge: boolean; broken: string[] } {
    const blocks = Array.isArray(view.blocks) ? (view.blocks as Json[]) : [];
    const broken = [
      ...(view.type === type ? [] : [`must be a ${type}`]),
      ...(Array.isArray(view.blocks) ? [] : ['missing required field: blocks']),
      ...(blocks.length > viewBlocksMax ? [`no more than ${viewBlocksMax} items allowed`] : []),
      ...longer(view.private_metadata, privateMetadataCharsMax, 'private_metadata'),
      ...longer(view.callback_id, callbackIdCharsMax, 'callback_id'),
      ...(type === 'modal' ? modalParts(view, blocks) : []),
      ...this.#rules.view(view),
    ];
    return { tooLarge: Buffer.byteLength(JSON.stringify(view)) > viewBytesMax, broken };
  }
}

const modalParts = (view: Json, blocks: readonly Json[]): string[] => {
  const titles = (['title', 'submit', 'close'] as const).flatMap((name) => {
    const text = view[name] as Json | undefined;
    if (text === undefined) return name === 'title' ? ['missing required field: title'] : [];
    const isPlain = text.type === 'plain_text' && String(text.text ?? '') !== '';
    return [
      ...(isPlain ? [] : [`${name} must be plain text`]),
      ...longer(text.text, viewTitleCharsMax, name),
    ];
  });
  const hasInput = blocks.some((b) => b.type === 'input');
  return [...titles, ...(hasInput && !view.submit ? ['submit is required with input blocks'] : [])];
};

const longer = (text: unknown, charsMax: number, name: string): string[] =>
  String(text ?? '').length > charsMax ? [`${name} must be less than ${charsMax + 1} characters`] : [];
