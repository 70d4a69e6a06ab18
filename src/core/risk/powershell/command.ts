import { Risk, type Verdict } from '../effect.ts';
import { riskWrappersMax } from '../limits.ts';
import type { Meaning } from '../rule.ts';
import { named, say } from '../verdicts.ts';
import { aliasOf } from './aliases.ts';
import { applyCmdlet } from './apply-cmdlet.ts';
import { cmdletRule, programRule } from './catalogue.ts';
import { cmdletCall } from './cmdlet-call.ts';
import { constantOf, shownOf } from './constant.ts';
import type { Knowledge } from './knowledge.ts';
import { applyProgram, argsOf, runsUnix } from './program.ts';
import type { CommandNode } from './tree.ts';
import { unixVerdicts } from './unix.ts';
import { verbMeaning } from './verbs.ts';

/** What a command can see of the script around it. */
export interface Around {
  readonly known: Knowledge;
  readonly isFed: boolean;
  readonly isFedAll: boolean;
  /** It stands in the body of a function, which runs when all are defined. */
  readonly isInFunction: boolean;
  /** Commands around it so far, which run it. */
  readonly depth: number;
  readonly runsText: (text: string) => readonly Verdict[];
}

type Words = Pick<CommandNode, 'args'> & { readonly at?: number };

/** What a command does, blocks among its words aside: they are nodes and judged by themselves. */
export const commandVerdicts = (node: CommandNode, around: Around): readonly Verdict[] => {
  const { name, operator } = node;
  if (name.type === 'block') return [named.nothing];
  const value = name.type === 'word' || name.type === 'string' ? name.value : null;
  if (value !== null) {
    const verdicts = namedVerdicts(value, node, around, operator);
    // Which letters a backtick changes depends on the version: `e is an escape character or just an e.
    const bare = 'text' in name && name.type === 'word' ? name.text.replaceAll('`', '') : value;
    return bare === value ? verdicts : [...verdicts, ...namedVerdicts(bare, node, around, operator)];
  }
  if (name.type === 'variable' && holdsBlocks(name.name, around.known)) return [named.nothing];
  const dire = commandOf(constantOf(name, around.known), node, around);
  return [...dire, say('undecidable', `runs ${shownOf(name)}, which only shows when it runs`)];
};

/** What a name that was put together would do, where that is worse than not knowing it. */
const commandOf = (name: string | null, node: Words, around: Around): readonly Verdict[] =>
  name === null ? [] : byName(name, node, around).filter((v) => v.risk === Risk.forbidden || v.irreversible);

const namedVerdicts = (
  name: string,
  node: CommandNode,
  around: Around,
  operator: string,
): readonly Verdict[] => {
  const verdicts = byName(name, node, around);
  if (operator === '.' && /[\\/.]/.test(name)) return [...verdicts, say('runsCode', `takes in ${name}`)];
  return verdicts;
};

/** A variable that only ever holds blocks of this script; those are judged where they stand. */
const holdsBlocks = (name: string, known: Knowledge): boolean => {
  const values = known.variables.get(name);
  return values?.every((value) => value?.type === 'block') === true && !known.setsByName;
};

const byName = (written: string, node: Words, around: Around): readonly Verdict[] => {
  if (around.depth > riskWrappersMax) return [say('undecidable', 'is wrapped beyond reading')];
  const name = tidyName(written);
  if (name === '') return [named.nothing];
  const inner: Around = { ...around, depth: around.depth + 1 };
  const own = ownMeaning(name, node, inner);
  if (own === null) return builtIn(written, name, node, inner);
  return own.isSure && !isCatalogued(name)
    ? own.verdicts
    : [...own.verdicts, ...builtIn(written, name, node, inner)];
};

/** Names that mean something without the script; its own meaning may not have come to be, or may lose to theirs. */
const isCatalogued = (name: string): boolean =>
  aliasOf(name) !== null || cmdletRule(name) !== null || programRule(name) !== null || runsUnix(name);

/** What a name means by the script's own alias or function, and whether that surely is what runs. */
const ownMeaning = (
  name: string,
  node: Words,
  around: Around,
): { readonly verdicts: readonly Verdict[]; readonly isSure: boolean } | null => {
  const isAbove = (at: number | null): boolean =>
    at !== null && (around.isInFunction || (node.at !== undefined && at < node.at));
  const alias = around.known.aliases.get(name);
  if (alias) {
    const isHidden = alias.target === null || alias.target.toLowerCase() === name;
    const verdicts = isHidden
      ? [say('undecidable', `runs ${name}, to which the script gives another meaning`)]
      : byName(alias.target ?? '', node, around);
    return { verdicts, isSure: isAbove(alias.at) };
  }
  const at = around.known.functions.get(name);
  return at === undefined ? null : { verdicts: [named.nothing], isSure: isAbove(at) };
};

const builtIn = (written: string, name: string, node: Words, inner: Around): readonly Verdict[] => {
  // Windows PowerShell takes `sc` for Set-Content, PowerShell for the program.
  if (name === 'sc')
    return [
      ...cmdlet('set-content', cmdletRule('set-content') ?? 'writes', node, inner),
      ...program(written, name, node, inner),
    ];
  const full = aliasOf(name) ?? name;
  const rule = cmdletRule(full) ?? verbMeaning(full);
  if (rule !== null) return cmdlet(full, rule, node, inner);
  return program(written, name, node, inner);
};

/** Modules that come with Windows; their names in front of a cmdlet change nothing. */
const ownModules =
  /^(microsoft\.(powershell|wsman)\.[\w.]+|cimcmdlets|netsecurity|nettcpip|storage|smbshare|dnsclient|defender)\\/;
const tidyName = (written: string): string => written.toLowerCase().replace(ownModules, '');

const cmdlet = (
  name: string,
  rule: Parameters<typeof applyCmdlet>[0] | Meaning,
  node: Words,
  around: Around,
): readonly Verdict[] => {
  const call = cmdletCall(name, node, { ...around, runs: (words) => runsWords(words, around) });
  return applyCmdlet(rule, call).map((v) => (v === named.nothing ? v : { ...v, why: `${name}: ${v.why}` }));
};

/** What a command would do, given as plain words. */
const runsWords = (words: readonly string[], around: Around): readonly Verdict[] => {
  const [name, ...rest] = words;
  if (name === undefined) return [];
  const args = rest.map((text): CommandNode['args'][number] =>
    /^-[a-z]/i.test(text)
      ? { type: 'parameter', at: 0, name: text.slice(1).toLowerCase(), text, value: null }
      : { type: 'word', at: 0, text, value: text, lead: text, parts: [] },
  );
  return byName(name, { args }, { ...around, depth: around.depth + 1 });
};

const program = (written: string, name: string, node: Words, around: Around): readonly Verdict[] => {
  const file = name.slice(Math.max(name.lastIndexOf('\\'), name.lastIndexOf('/')) + 1);
  const base = file.replace(/\.(exe|com)$/, '');
  const args = argsOf(node.args, around.known);
  const rule = programRule(base);
  const frame = { ...around, runs: (words: readonly string[]) => runsWords(words, around) };
  const isPlain = file === name || isSystemFolder(name);
  const verdicts = rule
    ? applyProgram(rule, base, args, frame)
    : /\.\w{2,4}$/.test(base) && !runsUnix(base)
      ? [say('runsCode', `runs ${written}, which is not on the card`)]
      : unixVerdicts([plain(base), ...args], around.isFed ? { kind: 'data' } : { kind: 'none' });
  if (lookUps.test(base) && node.args.some(carries))
    return [...verdicts, say('sends', 'asks for a name that is put together from what it read')];
  return isPlain ? verdicts : [...verdicts, say('unknown', `${written} may be another program of that name`)];
};

const lookUps = /^(nslookup|ping|tracert|pathping|curl|dig|host)$/;
const carries = (arg: CommandNode['args'][number]): boolean =>
  (arg.type === 'string' || arg.type === 'word') && arg.parts.some((part) => part.type === 'group');

const plain = (value: string) => ({ text: value, value, lead: value, isGlob: false, maybeOption: false });

/** Where programs of Windows are what their names say. */
const isSystemFolder = (path: string): boolean =>
  /^([a-z]:\\windows|\$env:(systemroot|windir))\\(system32|syswow64|sysnative)\\([\w]+\\)*[\w.-]+$/.test(
    path,
  );
