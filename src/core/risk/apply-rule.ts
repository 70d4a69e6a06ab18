import { Effect, Risk, type Verdict } from './effect.ts';
import { isKnownOption, sortArgs } from './options.ts';
import { isSecretPath } from './paths.ts';
import { isWatchdog } from './redirection.ts';
import type { Call, Meaning, Option, Rule } from './rule.ts';
import { tellingOptions } from './telling-options.ts';
import { named, say } from './verdicts.ts';
import type { Arg } from './word.ts';

/** What a call carries besides its words. */
export type CallFrame = Pick<Call, 'name' | 'stdin' | 'runs' | 'runsText' | 'doubts'>;

/** What a command does, by its rule. */
export const applyRule = (
  rule: Rule | Meaning,
  args: readonly Arg[],
  frame: CallFrame,
): readonly Verdict[] => {
  const isSub = frame.name.includes(' ');
  if (!isRule(rule)) {
    const help = helpOf(args, isSub);
    return withSecrets(help ? [help] : [verdictOf(rule), ...tellingOptions(args, null)], args);
  }
  const help =
    rule.noHelp || rule.stopsAtOperand || (rule.sub && args.length > 1) ? null : helpOf(args, isSub);
  if (help) return [help];
  return rule.sub ? applySub(rule, rule.sub, args, frame) : applyPlain(rule, args, frame);
};

const isRule = (rule: Rule | Meaning): rule is Rule => typeof rule === 'object' && !('risk' in rule);

const verdictOf = (meaning: Meaning): Verdict => (typeof meaning === 'string' ? named[meaning] : meaning);

/**
 * `--help` or `--version` alone only print. After other words it counts for subcommands only, whose parsers look for
 * it anywhere: getopt of macOS stops at the first operand, and an option may take it for its value.
 */
const helpOf = (args: readonly Arg[], isSub: boolean): Verdict | null => {
  const first = args.findIndex((arg) => arg.lead.startsWith('-') || arg.value === null);
  const at = args[first]?.value;
  if (at === '--help' && args.length === first + 1 && (isSub || first === 0)) return named.nothing;
  return args.length === 1 && at === '--version' ? named.nothing : null;
};

const applyPlain = (rule: Rule, args: readonly Arg[], frame: CallFrame): readonly Verdict[] => {
  const sorted = sortArgs(args, rule);
  const call: Call = { ...frame, args, options: sorted.options, operands: sorted.operands };
  const found: Verdict[] = [];
  const turned = turnedBy(rule, sorted.options);
  const checked = rule.check?.(call) ?? [];
  if (turned) found.push(turned);
  else if (rule.is) found.push(verdictOf(rule.is));
  else if (checked.length === 0)
    found.push(say('unknown', 'is used in a way that the catalogue does not know'));
  for (const option of sorted.options) {
    const added = meaningOf(rule.flags, option.name);
    if (added) found.push(verdictOf(added));
  }
  if (rule.operands && sorted.operands.length > rule.operands.most)
    found.push(verdictOf(rule.operands.beyond));
  found.push(...checked);
  if (isHarmless(found) && !rule.stopsAtOperand) found.push(...tellingOptions(args, rule));
  if (
    (rule.flags || rule.check) &&
    !rule.stopsAtOperand &&
    !rule.anyOption &&
    hidesOption(withoutValues(args, sorted.options))
  )
    found.push(say('unknown', 'gets a value that may turn out to be an option'));
  return rule.namesOnly ? found : withSecrets(found, args);
};

const applySub = (
  rule: Rule,
  sub: NonNullable<Rule['sub']>,
  args: readonly Arg[],
  frame: CallFrame,
): readonly Verdict[] => {
  const sorted = sortArgs(args, rule, true);
  const found: Verdict[] = [];
  for (const option of sorted.options) {
    const added = meaningOf(rule.flags, option.name);
    if (added) found.push(verdictOf(added));
  }
  const turned = turnedBy(rule, sorted.options);
  if (turned) return [...found, turned];
  found.push(...(rule.check?.({ ...frame, args, options: sorted.options, operands: sorted.operands }) ?? []));
  const [name, ...rest] = sorted.operands;
  if (name && (name.value === null || hidesOption([name])))
    return [...found, say('undecidable', 'gets its subcommand only when it runs')];
  const next = subOf(sub, name?.value ?? '');
  // An option of the whole program counts behind its subcommand too.
  for (const arg of rest) {
    const added = meaningOf(rule.flags, /^--[^=]+/.exec(arg.lead)?.[0] ?? '');
    if (added) found.push(verdictOf(added));
  }
  const inner = { ...frame, name: name ? `${frame.name} ${name.value}` : frame.name };
  if (next !== undefined) return [...found, ...applyRule(next, rest, inner)];
  const meaning = rule.is ?? say('unknown', `has no "${name?.value ?? ''}" in the catalogue`);
  return withSecrets([...found, verdictOf(meaning)], rest);
};

const subOf = (sub: NonNullable<Rule['sub']>, name: string): Rule | Meaning | undefined => {
  const table = subTable(sub);
  // A file system that knows no case finds `GIT CHECKOUT` too, and then it is what it looks like.
  const exact = table.exact.get(name) ?? table.exact.get(name.toLowerCase());
  if (exact !== undefined || name === '') return exact;
  return table.prefixes.find(([prefix]) => name.startsWith(prefix))?.[1];
};

interface SubTable {
  readonly exact: ReadonlyMap<string, Rule | Meaning>;
  readonly prefixes: readonly (readonly [string, Rule | Meaning])[];
}
const subTables = new WeakMap<object, SubTable>();

const subTable = (sub: NonNullable<Rule['sub']>): SubTable => {
  const found = subTables.get(sub);
  if (found) return found;
  const pairs = Object.entries(sub).flatMap(([names, rule]) =>
    (names === '' ? [''] : names.split(' ')).map((name) => [name, rule] as const),
  );
  const table = {
    exact: new Map(pairs.filter(([name]) => !name.endsWith('*'))),
    // The longest prefix is the most telling one.
    prefixes: pairs
      .filter(([name]) => name.endsWith('*'))
      .map(([name, rule]) => [name.slice(0, -1), rule] as const)
      .sort(([a], [b]) => b.length - a.length),
  };
  subTables.set(sub, table);
  return table;
};

const meaningOf = (
  table: Readonly<Record<string, Meaning>> | undefined,
  option: string,
): Meaning | undefined => {
  if (!table) return undefined;
  let flat = flatTables.get(table);
  if (!flat) {
    flat = new Map(
      Object.entries(table).flatMap(([names, meaning]) =>
        names.split(' ').map((name) => [name, meaning] as const),
      ),
    );
    flatTables.set(table, flat);
  }
  return flat.get(option);
};
const flatTables = new WeakMap<object, Map<string, Meaning>>();

const firstMatch = (
  table: Readonly<Record<string, Meaning>> | undefined,
  options: readonly Option[],
): Verdict | null => {
  for (const option of options) {
    const meaning = meaningOf(table, option.name);
    if (meaning) return verdictOf(meaning);
  }
  return null;
};

const isHarmless = (found: readonly Verdict[]): boolean => found.every((v) => v.risk === Risk.readOnly);

/** A harmless meaning holds only among options that are known: another may be what the command does. */
const turnedBy = (rule: Rule, options: readonly Option[]): Verdict | null => {
  const turned = firstMatch(rule.turns, options);
  return turned?.risk !== Risk.readOnly || options.every(({ name }) => isKnownOption(rule, name))
    ? turned
    : null;
};

/** A quoted word after an option that takes one is that option's, whatever it turns out to be. */
const withoutValues = (args: readonly Arg[], options: readonly Option[]): readonly Arg[] => {
  const values = new Set(options.map(({ value }) => value));
  return args.filter((arg) => !(values.has(arg) && arg.text.startsWith('"')));
};

/** A word before `--` that the run may turn into an option. */
const hidesOption = (args: readonly Arg[]): boolean => {
  for (const arg of args) {
    if (arg.value === '--') return false;
    if (arg.maybeOption || (arg.value === null && arg.lead.startsWith('-') && arg.lead.length < 3))
      return true;
  }
  return false;
};

/**
 * What a command does, and the secret that its words name. One that only reads shows what it reads, here to a whole
 * channel; what was seen can't be unseen.
 */
const withSecrets = (found: readonly Verdict[], args: readonly Arg[]): readonly Verdict[] => {
  const isReader = isHarmless(found) && found.some((v) => v.effects.includes(Effect.reads));
  const secrets = secretsIn(args).map((v) => (isReader ? { ...v, risk: Risk.dangerous } : v));
  const armed = args.some((arg) => isWatchdog(arg.value ?? arg.lead))
    ? [say('stops', 'opens the watchdog, which restarts the machine')]
    : [];
  return [...found, ...secrets, ...armed];
};

/** What is read where these words name a secret. */
export const secretsIn = (args: readonly Arg[]): readonly Verdict[] => {
  const secret = args.find((arg) =>
    isSecretPath(arg.value ?? arg.shape ?? arg.lead, arg.value !== null && arg.isGlob),
  );
  return secret
    ? [{ risk: Risk.changes, effects: [Effect.readsSecrets], why: `reads the secret ${secret.text}` }]
    : [];
};
