import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintRuleContext, SecretLintRuleCreator, SecretLintSourceCode } from '@secretlint/types';
import { type Evidence, type Literal, literalsOfAll } from '../evidence.ts';

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
  readonly #rules: { look: (content: string) => void; literals: readonly Literal[] | null }[];
  #found: PresetFinding[] = [];

  constructor() {
    const kept = (rules as SecretLintRuleCreator[]).filter(({ meta }) => !leftOut[shortName(meta.id)]);
    this.#rules = kept.map((rule) => {
      const name = shortName(rule.meta.id).replace('secretlint-rule-', '');
      const what = whats.find(([id]) => id === name)?.[1] ?? 'secret';
      const made = rule.create(this.#contextOf(what), {});
      const look = (content: string): unknown => made.file?.(sourceOf(content));
      return { look, literals: literalsOfAll(patternsOf(look)) };
    });
  }

  /**
   * Text must not begin with a byte order mark, which secretlint would skip.
   *
   * @param evidence of this text.
   */
  find(content: string, evidence: Evidence): PresetFinding[] {
    this.#found = [];
    for (const { look, literals } of this.#rules) if (evidence.mayHaveOneOf(literals)) look(content);
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

/**
 * What a rule looks for, shown by itself on a text that notes what it is asked; null where a rule does anything else with
 * its text, since nobody knows then what it may find.
 */
const patternsOf = (look: (content: string) => unknown): RegExp[] | null => {
  const patterns: RegExp[] = [];
  const matchAll = (pattern: RegExp): [] => {
    patterns.push(pattern);
    return [];
  };
  const text = new Proxy(
    {},
    {
      get: (_, name) => {
        if (name !== 'matchAll') throw new UnknownUseError();
        return matchAll;
      },
    },
  );
  try {
    return look(text as string) === undefined && patterns.length > 0 ? patterns : null;
  } catch (error) {
    if (error instanceof UnknownUseError) return null;
    throw error;
  }
};

class UnknownUseError extends Error {}

const shortName = (id: string): string => id.replace('@secretlint/', '');

const sourceOf = (content: string): SecretLintSourceCode =>
  ({
    content,
    filePath: 'output',
    contentType: 'text',
    ext: '',
    hasBOM: false,
  }) as unknown as SecretLintSourceCode;
