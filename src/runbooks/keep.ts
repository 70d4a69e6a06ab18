import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { KeepParameter, KeepSource, KeepWish } from '../core/keep.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import { Platform } from '../core/task.ts';
import type { MadeRunbook } from '../ports/runbook-shelf.ts';
import {
  countMax,
  keepNameWordsMax,
  keptExamplesMax,
  runbookNameCharsMax,
  summaryCharsMax,
  titleCharsMax,
  valueCandidatesMax,
} from './limits.ts';
import { isCount, literalOf, withPlaceholders } from './literals.ts';
import { isKind, isProgram } from './names.ts';
import { scriptParameters } from './placeholders.ts';
import { quotedParameters } from './quoted-parameters.ts';
import { parseRunbook } from './runbook.ts';
import { fold } from './stem.ts';
import { takeApart, type Word } from './tokens.ts';

/** Whether requests are made of that word; a value is a word that they are not made of. */
export type KnowsWord = (word: string) => boolean;

/** What a person would say of a runbook of this source. Values of the request that stand in the script become parameters. */
export const proposeWish = (source: KeepSource, knowsWord: KnowsWord): KeepWish => {
  const parameters = parametersOf(source, knowsWord);
  const words = source.words.trim().replace(/\s+/g, ' ');
  const title = cut(words.charAt(0).toUpperCase() + words.slice(1), titleCharsMax);
  return {
    name: nameOf(words, parameters),
    title,
    summary: cut(plainBraces(source.summary), summaryCharsMax) || title,
    // Said as they were: the values become parameters when it is kept, whatever these are called by then.
    examples: [plainBraces(words)],
    parameters,
  };
};

/** The text of a runbook's file, through every check that a file goes through. */
export const makeKept = (source: KeepSource, wish: KeepWish): MadeRunbook => {
  const problem = sourceProblem(source) ?? wishProblem(wish);
  if (problem) return { ok: false, sentence: problem };
  const { parameters } = wish;
  const texts = withPlaceholders(
    source.scripts.map((s) => s.text),
    parameters,
  );
  if (!texts.ok) return texts;
  const scripts: Partial<Record<Platform, string>> = {};
  for (const [at, { platforms }] of source.scripts.entries()) {
    for (const platform of platforms) scripts[platform] = texts.texts[at] ?? '';
  }
  // macOS has Linux's where it differs in nothing.
  if (scripts.macos !== undefined && scripts.macos === scripts.linux) delete scripts.macos;
  const counts = new Set(
    takeApart(source.words).words.flatMap((w) => (w.count === null ? [] : [String(w.count)])),
  );
  const file = {
    name: wish.name,
    title: wish.title,
    summary: wish.summary,
    examples: { [source.language]: wish.examples.map((example) => sayWith(example, parameters)) },
    ...(parameters.length > 0
      ? { parameters: Object.fromEntries(parameters.map((p) => [p.name, declared(p, counts)])) }
      : {}),
    scripts: Object.fromEntries(
      Object.values(Platform).flatMap((p) => (p in scripts ? [[p, scripts[p]]] : [])),
    ),
  };
  const yaml = stringify(file, { lineWidth: 0 });
  const bytes = new TextEncoder().encode(yaml);
  const parsed = parseRunbook(`${wish.name}.yml`, bytes);
  if (!parsed.ok) {
    const problems = parsed.problems.map((p) => p.slice(wish.name.length + '.yml: '.length));
    return { ok: false, sentence: sentence('keep_unusable', { problems }) };
  }
  return { ok: true, yaml, digest: createHash('sha256').update(bytes).digest('hex') };
};

const declared = ({ name, value }: KeepParameter, counts: ReadonlySet<string>): object =>
  counts.has(value) && isCount(value)
    ? { description: name, count: { default: Number(value), max: countMax } }
    : { description: name, pattern: literalOf(value)?.pattern ?? '(?!)' };

const sourceProblem = ({ scripts, machines }: KeepSource): Sentence | null => {
  const [name] = scripts.flatMap(({ text }) => scriptParameters(text));
  if (name !== undefined) return sentence('keep_has_placeholder', { name });
  const names = machines.filter((machine) => scripts.some(({ text }) => isWordOf(text, machine)));
  return names.length > 0 ? sentence('keep_names_machine', { names }) : null;
};

const isWordOf = (text: string, name: string): boolean =>
  text
    .toLowerCase()
    .split(/[\s"'`=;|&<>()]+/)
    .includes(name.toLowerCase());

const wishProblem = ({ title, summary, examples, parameters }: KeepWish): Sentence | null => {
  const problems = [
    ...(title.length > titleCharsMax ? [`title: at most ${titleCharsMax} characters.`] : []),
    ...(summary.length > summaryCharsMax ? [`description: at most ${summaryCharsMax} characters.`] : []),
    ...(examples.length > keptExamplesMax ? [`examples: at most ${keptExamplesMax}.`] : []),
    ...(parameters.length > valueCandidatesMax ? [`parameters: at most ${valueCandidatesMax}.`] : []),
    ...parameters
      .filter(({ name }) => name !== '' && !/^[a-z][A-Za-z0-9_]{0,39}$/.test(name))
      .map(({ name }) => `parameters: "${name}" must be a letter, then letters, digits or _.`),
    ...parameters
      .filter(({ name }, at) => parameters.findIndex((p) => p.name === name) !== at)
      .map(({ name }) => `parameters: two are called "${name}".`),
  ];
  return problems.length > 0 ? sentence('keep_unusable', { problems }) : null;
};

/** Braces mean parameters in a runbook's words, and in nobody else's. */
const plainBraces = (text: string): string => text.replace(/[{}]/g, '').trim();

/** A text with `{name}` where a value stands as a word. */
const sayWith = (text: string, parameters: readonly KeepParameter[]): string =>
  [...parameters]
    .sort((a, b) => b.value.length - a.value.length)
    .reduce((said, { name, value }) => {
      const word = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return said.replace(new RegExp(`(?<![\\w{])${word}(?![\\w}])`, 'g'), () => `{${name}}`);
    }, text);

const parametersOf = ({ words, scripts, machines }: KeepSource, knowsWord: KnowsWord): KeepParameter[] => {
  const said = takeApart(words).words;
  const found: KeepParameter[] = [];
  for (const [at, word] of said.entries()) {
    const value = word.values.find((v) => mayVary(v, word, scripts));
    if (value === undefined || found.some((p) => p.value === value) || !isValue(word, value, knowsWord)) {
      continue;
    }
    if (machines.some((machine) => machine.toLowerCase() === value.toLowerCase())) continue;
    const name = parameterName(said, at, value);
    const taken = found.filter((p) => p.name.replace(/\d+$/, '') === name).length;
    found.push({ name: taken === 0 ? name : `${name}${taken + 1}`, value });
  }
  return found.slice(0, valueCandidatesMax);
};

/** True where each script that says the value could say another one there, and one does. */
const mayVary = (value: string, word: Word, scripts: KeepSource['scripts']): boolean => {
  const parameter = { name: 'value', value };
  const made = withPlaceholders(
    scripts.map((s) => s.text),
    [parameter],
  );
  if (!made.ok || scripts.some(({ text }) => isCommand(text, value))) return false;
  if (word.count !== null && isCount(value)) return true;
  return scripts.every(
    ({ interpreter }, at) => quotedParameters(interpreter, made.texts[at] ?? '').length === 0,
  );
};

/** The program that a line runs is what the script does, and nothing that a request says of it. */
const isCommand = (text: string, value: string): boolean =>
  text.split(/[\n;|&(]+/).some((command) => {
    const [first, second] = command.trim().split(/\s+/);
    return first === value || (first === 'sudo' && second === value);
  });

/** A digit, a path, a program, a word that requests are not made of. */
const isValue = (word: Word, value: string, knowsWord: KnowsWord): boolean => {
  if (word.quoted || word.count !== null || /[\d/_@.:-]/.test(value)) return true;
  return word.action === null && !word.generic && (isProgram(value) || !knowsWord(value));
};

/** The kind of thing that stands beside it ("the billing service", "port 8080"); else what it looks like. */
const parameterName = (said: readonly Word[], at: number, value: string): string => {
  if (said[at]?.count != null) return 'count';
  const beside = [said[at - 1], said[at + 1]]
    .map((w) => w?.key ?? '')
    .find((key) => /^[a-z]+$/.test(key) && isKind(key));
  if (beside !== undefined) return beside;
  const before = said[at - 1];
  if (literalOf(value)?.kind === 'number' && before?.action === null && /^[a-z]+$/.test(before.key))
    return before.key;
  return literalOf(value)?.kind ?? 'name';
};

const nameOf = (words: string, parameters: readonly KeepParameter[]): string => {
  const bare = parameters.reduce((text, { value }) => text.replaceAll(value, ' '), words);
  const parts = fold(bare)
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== '');
  let name = '';
  for (const part of parts.slice(0, keepNameWordsMax)) {
    const longer = name === '' ? part : `${name}-${part}`;
    if (longer.length > runbookNameCharsMax) break;
    name = longer;
  }
  return name === '' ? 'runbook' : name;
};

const cut = (text: string, charsMax: number): string =>
  text.length <= charsMax ? text : `${text.slice(0, charsMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
