import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintRuleContext, SecretLintRuleCreator, SecretLintSourceCode } from '@secretlint/types';

/** A place that a rule of the preset reported. */
export interface PresetFinding {
  start: number;
  end: number;
  what: string;
}

/** What is left out of the preset, each with its reason. */
const leftOut: Readonly<Record<string, string>> = {
  'secretlint-rule-filter-comments': 'text of a machine could switch the search off by a comment',
  'secretlint-rule-gcp': 'reads files by name; what it looks for in text is a private key, which we know',
  'secretlint-rule-privatekey': 'wants whole keys; ours knows cut ones and goes over the borders of pieces',
  'secretlint-rule-basicauth':
    'masks the host too; our rule for URLs knows more schemes and masks the password',
  'secretlint-rule-database-connection-string': 'as for basicauth',
};

const whats: readonly [string, string][] = [
  ['aws', 'AWS secret key'],
  ['npm', 'npm token'],
  ['slack', 'Slack token'],
  ['sendgrid', 'SendGrid key'],
  ['shopify', 'Shopify token'],
  ['github', 'GitHub token'],
  ['openai', 'API key'],
  ['anthropic', 'API key'],
  ['linear', 'Linear key'],
  ['1password', '1Password token'],
];

/**
 * The preset's rules, without secretlint's own engine: that measures itself and keeps each measurement for ever, which a
 * server that never ends can't have, and it makes a promise of what is a few regular expressions.
 */
export class PresetRules {
  readonly #files: ((content: string) => void)[];
  #found: PresetFinding[] = [];

  constructor() {
    const kept = (rules as SecretLintRuleCreator[]).filter(({ meta }) => !leftOut[shortName(meta.id)]);
    this.#files = kept.map((rule) => {
      const name = shortName(rule.meta.id).replace('secretlint-rule-', '');
      const what = whats.find(([id]) => id === name)?.[1] ?? 'secret';
      const made = rule.create(this.#contextOf(what), {});
      return (content) => void made.file?.(sourceOf(content));
    });
  }

  /** Text must not begin with a byte order mark, which secretlint would skip. */
  find(content: string): PresetFinding[] {
    this.#found = [];
    for (const file of this.#files) file(content);
    return this.#found;
  }

  #contextOf(what: string): SecretLintRuleContext {
    return {
      sharedOptions: {},
      createTranslator: () => (messageId: string) => ({ messageId, message: '' }),
      ignore: () => {},
      report: ({ range }: { range: readonly [number, number] }) => {
        this.#found.push({ start: range[0], end: range[1], what });
      },
    } as unknown as SecretLintRuleContext;
  }
}

const shortName = (id: string): string => id.replace('@secretlint/', '');

const sourceOf = (content: string): SecretLintSourceCode =>
  ({
    content,
    filePath: 'output',
    contentType: 'text',
    ext: '',
    hasBOM: false,
  }) as unknown as SecretLintSourceCode;
