import { forEachChild, type ParsedScript, type SyntaxNode, type Word, type WordPart } from 'unbash';

/**
 * What a script says about its own names, gathered before it is judged: a function may be called before the line
 * that defines it, and a variable be set on another branch.
 */
export interface Knowledge {
  readonly functions: Set<string>;
  readonly aliases: Set<string>;
  /** Variables to which the script gives a text that could be an option. */
  readonly authored: Set<string>;
  /** `$1` and its like may hold an option. */
  positionals: boolean;
  /** Names that `read` and its like fill. */
  readonly read: Set<string>;
  /** The script prints or quotes something that looks like an option. */
  writesDashes: boolean;
}

export const emptyKnowledge = (): Knowledge => ({
  functions: new Set(),
  aliases: new Set(),
  authored: new Set(),
  positionals: false,
  read: new Set(),
  writesDashes: false,
});

/** Adds what one tree says. `nodesMax` bounds the walk; what is beyond it is judged undecidable elsewhere. */
export const gather = (tree: ParsedScript, known: Knowledge, nodesMax: number): void => {
  const stack: SyntaxNode[] = [tree];
  for (let seen = 0; stack.length > 0 && seen < nodesMax; seen++) {
    const node = stack.pop() as SyntaxNode;
    gatherNode(node, known);
    forEachChild(node, (child) => stack.push(child));
  }
};

const gatherNode = (node: SyntaxNode, known: Knowledge): void => {
  switch (node.type) {
    case 'Function':
      known.functions.add(node.name.value);
      return;
    case 'Assignment': {
      const words = node.value.type === 'Word' ? [node.value] : node.value.elements;
      if (words.some(mayBeOption)) known.authored.add(node.name);
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
      if (!node.wordlist) known.authored.add(node.name.value);
      else if (node.wordlist.some(mayBeOption)) known.authored.add(node.name.value);
      return;
    case 'ParameterExpansion':
      if (node.operation?.type === 'Default' && mayBeOption(node.operation.operand))
        known.authored.add(node.parameter);
      return;
    case 'Command':
      gatherCommand(node.name?.value ?? '', node.args, known);
      return;
  }
};

const gatherCommand = (
  name: string,
  args: readonly { type: string; text: string; value: unknown }[],
  known: Knowledge,
): void => {
  const words = args.filter((arg): arg is Word => arg.type === 'Word');
  if (name === 'alias') for (const arg of args) known.aliases.add(arg.text.split('=')[0] ?? '');
  if (name === 'hash' || name === 'enable') for (const word of words) known.aliases.add(word.value);
  if (name === 'printf' && words[0]?.value === '-v') known.authored.add(words[1]?.value ?? '');
  if (/^(read|mapfile|readarray)$/.test(name)) for (const word of words) known.read.add(word.value);
  // What a program printed is data; a script that writes options out and reads them in again means them.
  if (/^(echo|printf|cat)$/.test(name) && words.some((word) => /(^|[\s'"])-[a-z]/.test(word.text)))
    known.writesDashes = true;
  const isOwn = known.functions.has(name) || (name === 'set' && words.some((word) => word.value === '--'));
  if (isOwn && words.some(mayBeOption)) known.positionals = true;
};

/** A longer word is not searched, and may hold anything. */
const wordCharsMax = 4_096;

const mayBeOption = (word: Word): boolean =>
  word.text.length > wordCharsMax ||
  /^-[^\s]|\s-[^\s]/.test(word.value) ||
  (word.parts?.some(isWrittenByAuthor) ?? false);

/** Commands whose output is what their author wrote, or made unreadable on purpose. */
const writers = new Set(['echo', 'printf', 'base64', 'xxd', 'rev', 'perl', 'python3', 'python', 'openssl']);

/** Whether an expansion's text is composed by the script itself, and holds a dash. */
const isWrittenByAuthor = (part: WordPart): boolean => {
  if (part.type === 'DoubleQuoted') return part.parts.some(isWrittenByAuthor);
  if (part.type !== 'CommandExpansion') return false;
  if (part.text.length > wordCharsMax) return true;
  const stack: SyntaxNode[] = part.script ? [part.script] : [];
  for (let seen = 0; stack.length > 0 && seen < authorNodesMax; seen++) {
    const node = stack.pop() as SyntaxNode;
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
export const isAuthored =
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
