import type { Option, Rule } from './rule.ts';
import type { Arg } from './word.ts';

/** What a rule says about options, made ready for look-ups. */
interface Table {
  readonly takesValue: ReadonlySet<string>;
  readonly maybeValue: ReadonlySet<string>;
  readonly known: ReadonlySet<string>;
  readonly longs: readonly string[];
}

const tables = new WeakMap<Rule, Table>();

const tableOf = (rule: Rule): Table => {
  const found = tables.get(rule);
  if (found) return found;
  const split = (text: string | undefined): string[] => text?.split(' ').filter(Boolean) ?? [];
  const keys = [...Object.keys(rule.flags ?? {}), ...Object.keys(rule.turns ?? {})].flatMap(split);
  const values = split(rule.values);
  const attached = split(rule.maybeValues);
  const known = new Set([...keys, ...values, ...attached, ...split(rule.plain)]);
  const table = {
    takesValue: new Set(values),
    maybeValue: new Set(attached),
    known,
    longs: [...known].filter((name) => name.startsWith('--')),
  };
  tables.set(rule, table);
  return table;
};

/** Whether a rule says anything of this option. */
export const isKnownOption = (rule: Rule, name: string): boolean => tableOf(rule).known.has(name);

/** The words of a call, sorted. `rest` begins at the first operand where the rule stops there. */
export interface Sorted {
  readonly options: readonly Option[];
  readonly operands: readonly Arg[];
  readonly rest: readonly Arg[];
}

/**
 * Sorts the words of a command as getopt does: bundled short options, `-ovalue`, `--name=value`, `--` and GNU's
 * abbreviations of long options, which a name that only one known option begins with stands for.
 */
export const sortArgs = (args: readonly Arg[], rule: Rule, stop = rule.stopsAtOperand === true): Sorted => {
  const table = tableOf(rule);
  const options: Option[] = [];
  const operands: Arg[] = [];
  let i = 0;
  for (; i < args.length; i++) {
    const arg = args[i] as Arg;
    if (arg.value === '--' && !rule.singleDash) {
      i++;
      operands.push(...args.slice(i));
      break;
    }
    if (!arg.lead.startsWith('-') || arg.lead === '-') {
      if (stop) {
        operands.push(...args.slice(i));
        break;
      }
      operands.push(arg);
      continue;
    }
    const isLong = arg.lead.startsWith('--') || rule.singleDash === true;
    const taken = isLong
      ? addLong(arg, args[i + 1], table, options)
      : addShort(arg, args[i + 1], table, options);
    if (taken) i++;
  }
  return { options, operands, rest: args.slice(i) };
};

const after = (arg: Arg, from: number): Arg => ({
  ...arg,
  value: arg.value === null ? null : arg.value.slice(from),
  lead: arg.lead.slice(from),
});

/** True where the next word was its value. */
const addLong = (arg: Arg, next: Arg | undefined, table: Table, options: Option[]): boolean => {
  const equals = arg.lead.indexOf('=');
  const written = equals < 0 ? arg.lead : arg.lead.slice(0, equals);
  const name = table.known.has(written)
    ? written
    : (table.longs.filter((long) => written.length > 2 && long.startsWith(written)).sort(byRisk)[0] ??
      written);
  if (equals >= 0) {
    options.push({ name, value: after(arg, equals + 1) });
    return false;
  }
  const takes = table.takesValue.has(name) && next !== undefined;
  options.push({ name, value: takes ? next : null });
  return takes;
};

/** Of several long names that an abbreviation may mean, the one that takes no value keeps most words in sight. */
const byRisk = (a: string, b: string): number => a.length - b.length;

const addShort = (arg: Arg, next: Arg | undefined, table: Table, options: Option[]): boolean => {
  for (let at = 1; at < arg.lead.length; at++) {
    const name = `-${arg.lead[at]}`;
    if (table.maybeValue.has(name)) {
      const isBare = at + 1 >= arg.lead.length && arg.value !== null;
      options.push({ name, value: isBare ? null : after(arg, at + 1) });
      return false;
    }
    if (!table.takesValue.has(name)) {
      options.push({ name, value: null });
      continue;
    }
    const hasRest = at + 1 < arg.lead.length || arg.value === null;
    options.push({ name, value: hasRest ? after(arg, at + 1) : (next ?? null) });
    return !hasRest && next !== undefined;
  }
  return false;
};
