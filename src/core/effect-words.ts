import { type Classification, Effect, Risk } from './risk/effect.ts';

/** The badge's word. Rules in nerdyops.yml write the same words small. */
export const riskWord: Readonly<Record<Risk, string>> = {
  [Risk.readOnly]: 'Read-only',
  [Risk.changes]: 'Changes',
  [Risk.dangerous]: 'Dangerous',
  [Risk.forbidden]: 'Forbidden',
};

/** Beside a line of a script, so that no colour is needed to see which lines to read. */
export const riskMark: Readonly<Record<Risk, string>> = {
  [Risk.readOnly]: ' ',
  [Risk.changes]: '~',
  [Risk.dangerous]: '!',
  [Risk.forbidden]: '✗',
};

/** In the order in which they are said: what people fear most comes first. */
const effectWord: Readonly<Record<Effect, string>> = {
  [Effect.deletes]: 'deletes',
  [Effect.runsFetchedCode]: 'runs code fetched from elsewhere',
  [Effect.unknown]: 'does something that only shows when it runs',
  [Effect.readsSecrets]: 'reads secrets',
  [Effect.usersPermissions]: 'changes users or permissions',
  [Effect.services]: 'starts or stops services',
  [Effect.kills]: 'ends processes',
  [Effect.installs]: 'installs or removes software',
  [Effect.writesFiles]: 'writes files',
  [Effect.networkOut]: 'talks to the network',
  [Effect.escalates]: 'runs with more rights',
  [Effect.reads]: 'only reads',
};

/** What it does, in a few words each. That it reads is said only where it does nothing else. */
const effectWords = (effects: readonly Effect[]): string[] => {
  const all = (Object.keys(effectWord) as Effect[]).filter((effect) => effects.includes(effect));
  const told = all.filter((effect) => effect !== Effect.reads);
  return (told.length > 0 ? told : all).map((effect) => effectWord[effect]);
};

type Whole = Pick<Classification, 'irreversible' | 'unparsed' | 'effects'>;

/** What nobody may overlook, the worst first. */
export const warningWords = (risk: Whole): string[] => [
  ...(risk.unparsed ? ['the parser could not read it: nobody can say what all of it does'] : []),
  ...(risk.irreversible ? ["can't be undone"] : []),
  ...(risk.effects.includes(Effect.readsSecrets) ? [effectWord[Effect.readsSecrets]] : []),
];

/** What stands beside the badge: what nobody may overlook, and what else it does, each once. */
export const badgeWords = (risk: Whole): { warnings: string[]; effects: string[] } => {
  const warnings = warningWords(risk);
  // Where no grammar accepts it, "unknown" says the same again.
  const effects = risk.effects.filter((e) => !(risk.unparsed && e === Effect.unknown));
  return { warnings, effects: effectWords(effects).filter((word) => !warnings.includes(word)) };
};
