import { forEachChild, type ParsedScript, type SyntaxNode, type Word, type WordPart } from 'unbash';
import { emptyStarts, gatherStarts, type Starts } from './fork-bomb.ts';
import { fillsOf, learnValue, type Values } from './values.ts';
import { argOf, type Reader } from './word.ts';

/**
 * What a script says about its own names, gathered before it is judged: a function may be called before the line
 * that defines it, and a variable be set on another branch.
 */
export interface Knowledge {
  readonly functions: Set<string>;
  readonly starts: Starts;
  readonly aliases: Set<string>;
  /** Variables to which the script gives a text that could be an option. */
  readonly authored: Set<string>;
  /** `$1` and its like may hold an option. */
  positionals: boolean;
  /** Names that `read` and its like fill. */
  readonly read: Set<string>;
  /** Texts that the script gives to its variables. */
  readonly values: Values;
  /** Variables whose text the script puts together from what only the run tells and what stands in it. */
  readonly composed: Set<string>;
  /** Variables that hold, at least once, what only the run tells. */
  readonly open: Set<string>;
  /** Variables that the script sets itself, by whatever means; others come from the environment. */
  readonly assigned: Set<string>;
  /** Where the script goes to: what it names from there on is named from there. */
  readonly folders: Set<string>;
  /** The script prints or quotes something that looks like an option. */
  writesDashes: boolean;
}

export const emptyKnowledge = (): Knowledge => ({
  functions: new Set(),
  starts: emptyStarts(),
  aliases: new Set(),
  authored: new Set(),
  positionals: false,
  read: new Set(),
  values: new Map(),
  composed: new Set(),
  open: new Set(),
  assigned: new Set(),
  folders: new Set(),
  writesDashes: false,
});

/** Adds what one tree says. `nodesMax` bounds the walk; what is beyond it is judged undecidable elsewhere. */
export const gather = (tree: ParsedScript, known: Knowledge, nodesMax: number): void => {
  const stack: SyntaxNode[] = [tree];
  for (let seen = 0; stack.length > 0 && seen < nodesMax; seen++) {
    const node = stack.pop() as SyntaxNode;
    gatherNode(node, known);
    const children: SyntaxNode[] = [];
    forEachChild(node, (child) => children.push(child));
    stack.push(...children.reverse());
  }
};

const gatherNode = (node: SyntaxNode, known: Knowledge): void => {
  switch (node.type) {
    case 'Function':
      known.functions.add(node.name.value);
      gatherStarts(node, known.starts);
      return;
    case 'Assignment': {
      const words = node.value.type === 'Word' ? [node.value] : node.value.elements;
      known.assigned.add(node.name);
      if (words.some(mayBeOption)) known.authored.add(node.name);
      if (words.some((word) => argOf(word, readerOf(known)).isComposed)) known.composed.add(node.name);
      learnWords(node.name, words, known, node.append === true);
      if (node.value.type === 'ArrayValue') learnJoined(`${node.name}[@]`, words, known);
      return;
    }
    case 'HereString':
      if (node.target && mayBeOption(node.target)) known.writesDashes = true;
      return;
    case 'HereDocBody':
      if (/(^|\s)-[a-z]/.test(node.text)) known.writesDashes = true;
      return;
    case 'For':
    case 'Select':
      known.assigned.add(node.name.value);
      learnWords(node.name.value, node.wordlist ?? [], known);
      if (!node.wordlist) known.authored.add(node.name.value);
      else if (node.wordlist.some(mayBeOption)) known.authored.add(node.name.value);
      return;
    case 'ParameterExpansion':
      if (node.operation?.type === 'Default' && mayBeOption(node.operation.operand))
        known.authored.add(node.parameter);
      return;
    case 'Command':
      gatherCommand(node.name?.value ?? '', node.args, known);
      for (const { type, target } of node.redirects.filter((r) => r.type === 'HereString'))
        if (type === 'HereString' && target && node.name?.value === 'read')
          learnRead(node.args, target, known);
      return;
  }
};

/** `tar -C /etc`, `env --chdir /etc`. */
const wordAfterC = (words: readonly Word[]): Word | undefined =>
  words[words.findIndex((word) => /^(-C|--directory|--chdir)$/.test(word.value)) + 1 || words.length];
/** Folders that are remembered; each may be tried with each word. */
const foldersMax = 8;

const gatherCommand = (
  name: string,
  args: readonly { type: string; text: string; value: unknown }[],
  known: Knowledge,
): void => {
  const words = args.filter((arg): arg is Word => arg.type === 'Word');
  const folder = /^(cd|pushd)$/.test(name)
    ? words.find((word) => !word.value.startsWith('-'))
    : wordAfterC(words);
  if (folder && known.folders.size < foldersMax) known.folders.add(folder.value);
  if (name === 'alias') for (const arg of args) known.aliases.add(arg.text.split('=')[0] ?? '');
  if (name === 'hash' || name === 'enable') for (const word of words) known.aliases.add(word.value);
  if (name === 'printf' && words[0]?.value === '-v') known.authored.add(words[1]?.value ?? '');
  if (/^(read|mapfile|readarray)$/.test(name))
    for (const word of words) {
      known.read.add(word.value);
      known.open.add(word.value);
      known.assigned.add(word.value);
    }
  // What a program printed is data; a script that writes options out and reads them in again means them.
  if (/^(echo|printf|cat)$/.test(name) && words.some((word) => /(^|[\s'"])-[a-z]/.test(word.text)))
    known.writesDashes = true;
  const isSet = name === 'set' && words.some((word) => word.value === '--' || !/^[-+]/.test(word.value));
  if (known.functions.has(name) || isSet) {
    const given = isSet ? words.slice(words.findIndex((word) => word.value === '--') + 1) : words;
    for (const [i, word] of given.slice(0, positionalsMax).entries()) learnWords(`${i + 1}`, [word], known);
    learnJoined('@', given, known);
  }
  const isOwn = known.functions.has(name) || (name === 'set' && words.some((word) => word.value === '--'));
  if (isOwn && words.some(mayBeOption)) known.positionals = true;
};

/** Positional parameters whose texts are kept; who reads `$10` has others to read first. */
const positionalsMax = 9;

/** Every text that one of these words may stand for, with what is known of the variables in it so far. */
const textsOf = (word: Word, known: Knowledge): readonly string[] => {
  const plain = argOf(word, readerOf(known)).value;
  if (plain !== null) return [plain];
  return fillsOf([word], known.values).flatMap(
    (fill) => argOf(word, { ...readerOf(known), fill }).value ?? [],
  );
};

const learnWords = (name: string, words: readonly Word[], known: Knowledge, append = false): void => {
  const before = append ? [...(known.values.get(name) ?? [])] : [''];
  for (const word of words) {
    const texts = textsOf(word, known);
    if (texts.length === 0) known.open.add(name);
    for (const text of texts)
      for (const head of before)
        if (text.length + head.length <= wordCharsMax) learnValue(known.values, name, head + text);
  }
};

const learnJoined = (name: string, words: readonly Word[], known: Knowledge): void => {
  const texts = words.map((word) => textsOf(word, known)[0]);
  const joined = texts.join(' ');
  if (texts.every((text) => text !== undefined) && joined.length <= wordCharsMax)
    learnValue(known.values, name, joined);
};

/** `read a b <<< "x y"`: each name may get each field, or all of them. */
const learnRead = (args: readonly { type: string }[], target: Word, known: Knowledge): void => {
  for (const text of textsOf(target, known))
    for (const word of args.filter((arg): arg is Word => arg.type === 'Word'))
      for (const field of [text, ...text.split(/\s+/)]) learnValue(known.values, word.value, field);
};

/** How words of a script are read: with what is known of its variables. */
export const readerOf = (known: Knowledge): Reader => ({
  isAuthored: isAuthored(known),
  carries: (part) => {
    const name =
      part.type === 'SimpleExpansion'
        ? part.text.slice(1)
        : part.type === 'ParameterExpansion'
          ? part.parameter
          : null;
    if (name === null) return 1;
    if (known.composed.has(name)) return 2;
    return known.values.has(name) && !known.open.has(name) ? 0 : 1;
  },
});

/** A longer word is not searched, and may hold anything. */
const wordCharsMax = 4_096;

/** What stands in a word itself: the words of a substitution in it are that command's. */
const writtenText = (word: Word): string =>
  word.parts ? (argOf(word, { isAuthored: () => false }).shape ?? word.value) : word.value;

const mayBeOption = (word: Word): boolean =>
  word.text.length > wordCharsMax ||
  /^-[^\s]|\s-[^\s]/.test(writtenText(word)) ||
  (word.parts?.some(isWrittenByAuthor) ?? false);

/** Commands whose output is what their author wrote, or made unreadable on purpose. */
const writers = new Set(['echo', 'printf', 'base64', 'xxd', 'rev', 'perl', 'python3', 'python']);

/** Whether an expansion's text is composed by the script itself, and holds a dash. */
const isWrittenByAuthor = (part: WordPart): boolean => {
  if (part.type === 'DoubleQuoted') return part.parts.some(isWrittenByAuthor);
  if (part.type !== 'CommandExpansion') return false;
  if (part.text.length > wordCharsMax) return true;
  const stack: SyntaxNode[] = part.script ? [part.script] : [];
  for (let seen = 0; stack.length > 0 && seen < authorNodesMax; seen++) {
    const node = stack.pop() as SyntaxNode;
    if (
      node.type === 'Command' &&
      node.name?.value === 'openssl' &&
      node.args.some((arg) => /^(enc|base64)$|^-d$/.test(arg.text))
    )
      return true;
    if (node.type === 'Command' && writers.has(node.name?.value ?? '')) {
      if (node.name?.value !== 'echo' && node.name?.value !== 'printf') return true;
      if (node.args.some((arg) => /(^|[\s'"])-|\\/.test(arg.text))) return true;
    }
    forEachChild(node, (child) => stack.push(child));
  }
  return stack.length > 0;
};
/** Nodes of one substitution; a longer one counts as written by the author. */
const authorNodesMax = 500;

/** Whether an expansion may turn out to be an option, as far as the script tells. */
const isAuthored =
  (known: Knowledge) =>
  (part: WordPart): boolean => {
    if (part.type === 'SimpleExpansion') return isAuthoredName(part.text.slice(1), known);
    if (part.type === 'ParameterExpansion')
      return (
        isAuthoredName(part.parameter, known) ||
        part.prefix === '!' ||
        (part.operation?.type === 'Default' && mayBeOption(part.operation.operand))
      );
    return isWrittenByAuthor(part);
  };

const isAuthoredName = (name: string, known: Knowledge): boolean =>
  /^([0-9]+|[@*])$/.test(name)
    ? known.positionals
    : known.authored.has(name) || (known.writesDashes && known.read.has(name));
