import { Language } from '../core/language.ts';
import { actionsAgree } from './actions.ts';
import { inExample } from './placeholders.ts';
import type { Runbook } from './runbook.ts';
import { stem } from './stem.ts';
import { type Said, takeApart, type Word } from './tokens.ts';

/** Where a parameter is said in an example, and the words on both sides of it (empty at an end). */
export interface Slot {
  parameter: string;
  before: string;
  after: string;
}

/** One way to ask for a runbook: an example, its title, or one of its keywords. */
export interface Template extends Omit<Said, 'words'> {
  runbook: Runbook;
  /** Null for a keyword, which belongs to all languages. */
  language: Language | null;
  kind: 'example' | 'title' | 'keyword';
  /** True when most examples of its runbook hold a verb that changes something. */
  isOrder: boolean;
  /** Says only what is asked of a thing ("{service} status"), so that any word before it would do. */
  isBare: boolean;
  /** What it says beside its slots, with each token's share of its word. */
  tokens: ReadonlyMap<string, number>;
  slots: Slot[];
  /** The keys of all its words in order, null where a slot is. */
  sequence: readonly (string | null)[];
  /** Stems of all its words, the small ones too: what tells "starte {x} neu" from "restart {x}". */
  stems: ReadonlySet<string>;
}

/** Marks a slot's word; a private-use character, which nobody types. */
const mark = '\uE000';

/** The tokens of words, each once, with its largest share. */
export const tokenShares = (words: readonly Word[]): Map<string, number> => {
  const shares = new Map<string, number>();
  for (const { text, share } of words.flatMap((w) => w.tokens)) {
    shares.set(text, Math.max(share, shares.get(text) ?? 0));
  }
  return shares;
};

/** The stems of all words, for comparing how two sentences are put. */
export const stemsOf = (words: readonly Word[]): Set<string> =>
  new Set(words.flatMap((w) => w.key.split(' ').map(stem)));

/** A number that an example says (an error code) is what it is about, and no count. */
const numbersTold = (word: Word): Word => ({
  ...word,
  tokens: word.tokens.map((t) => (/^\d+$/.test(t.text) ? { ...t, share: 1 } : t)),
});

const templateOf = (
  runbook: Runbook,
  language: Language | null,
  kind: Template['kind'],
  text: string,
): Template => {
  const names: string[] = [];
  const said = takeApart(
    text.replace(inExample, (_, name: string) => ` ${mark}${names.push(name) - 1}${mark} `),
  );
  const words = said.words.filter((w) => w.key !== '');
  const slots = words.flatMap((word, at): Slot[] => {
    if (!(word.values[0] ?? '').startsWith(mark)) return [];
    const name = names[Number(word.key)] ?? '';
    return [{ parameter: name, before: words[at - 1]?.key ?? '', after: words[at + 1]?.key ?? '' }];
  });
  const isSlot = (word: Word): boolean => (word.values[0] ?? '').startsWith(mark);
  const literal = words.filter((w) => !isSlot(w)).map(numbersTold);
  const sequence = words.map((w) => (isSlot(w) ? null : w.key));
  return {
    ...said,
    runbook,
    language,
    kind,
    isOrder: false,
    isBare: said.actions.length === 0 && literal.every((w) => w.tokens.length === 0 || w.generic),
    tokens: tokenShares(literal),
    slots,
    sequence,
    stems: stemsOf(literal),
  };
};

/**
 * All ways to ask for a runbook. Titles and keywords of a runbook that changes something say the verb that its
 * examples say, so that a bare noun never finds it.
 */
export const templatesOf = (runbook: Runbook): Template[] => {
  const languages = Object.values(Language);
  const examples = languages.flatMap((language) =>
    runbook.examples[language].map((text) => templateOf(runbook, language, 'example', text)),
  );
  const ordering = examples.filter((e) => e.actions.length > 0);
  const isOrder = ordering.length * 2 > examples.length;
  const orders = isOrder ? (ordering[0]?.actions ?? []) : [];
  const others = [
    // A title that is one text for all languages is of those that its examples are in.
    ...languages
      .filter((language) => runbook.examples[language].length > 0)
      .map((language) => templateOf(runbook, language, 'title', runbook.title[language])),
    ...runbook.keywords.map((text) => templateOf(runbook, null, 'keyword', text)),
  ];
  // The keyword "reboot" of a runbook that tells when the last one was must not be found by an order.
  const usable = orders.length > 0 ? others : others.filter((t) => t.actions.length === 0);
  const agreed = usable.map((t) => (actionsAgree(t.actions, orders) ? t : { ...t, actions: orders }));
  return [...examples, ...agreed].map((t) => ({ ...t, isOrder }));
};
