import type {
  Assignment,
  ParameterExpansionPart,
  ParameterOperation,
  SyntaxNode,
  Word,
  WordPart,
} from 'unbash';
import { secretsIn } from './apply-rule.ts';
import { assignmentVerdicts, isCommandVariable } from './assignment.ts';
import type { Verdict } from './effect.ts';
import { isForkBomb } from './fork-bomb.ts';
import { type Knowledge, readerOf } from './knowledge.ts';
import { redirectionVerdicts } from './redirection.ts';
import { fillsOf } from './values.ts';
import { say } from './verdicts.ts';
import { argOf, argsOf } from './word.ts';

/** What a node does by itself, beside the commands in it. */
export const leafVerdicts = (
  node: SyntaxNode,
  known: Knowledge,
  runsText: (text: string) => readonly Verdict[],
): readonly Verdict[] => {
  switch (node.type) {
    case 'Redirect': {
      const { target } = node;
      if (!target) return [];
      const reader = readerOf(known);
      const readers = [reader, ...fillsOf([target], known.values).map((fill) => ({ ...reader, fill }))];
      return readers.flatMap((each) => argsOf(target, each).flatMap((arg) => redirectionVerdicts(node, arg)));
    }
    case 'Assignment':
      return ofAssignment(node, known, runsText);
    case 'For':
    case 'Select':
      return [
        ...assignmentVerdicts(node.name.value, null, ''),
        ...(node.wordlist ?? []).flatMap((word) => [
          ...secretsIn(argsOf(word, readerOf(known))),
          ...ofKeptText(word, known),
        ]),
      ];
    case 'Function':
      return isForkBomb(node.name.value, known.starts) ? [say('ruins', 'starts itself without end')] : [];
    case 'ParameterExpansion':
      return ofExpansion(node);
    case 'ArithmeticWord':
      return ofComputed(node.parts);
    case 'TestUnary':
      return node.operator === '-v' || node.operator === '-R' ? ofName(node.operand, known) : [];
    case 'TestBinary':
      // `-eq` and its like compute what stands on their sides, and computing runs what stands in an index.
      return /^-(eq|ne|lt|le|gt|ge)$/.test(node.operator)
        ? [...ofKeptText(node.left, known), ...ofKeptText(node.right, known)]
        : [];
    default:
      return [];
  }
};

const ofExpansion = ({ parameter, index, operation }: ParameterExpansionPart): readonly Verdict[] => {
  if (operation?.type === 'Transform' && operation.operand.value === 'P')
    return [say('undecidable', `expands what is in ${parameter} as a prompt`)];
  if (operation?.type === 'Default' && operation.operator.endsWith('=')) {
    const { value, text } = operation.operand;
    return assignmentVerdicts(parameter, value, text);
  }
  return [index, ...wordsOf(operation)].flatMap((word) => ofComputed(word?.parts));
};

/** In double quotes and here-documents the operand's own single quotes may mean nothing, so all are looked at. */
const wordsOf = (operation: ParameterOperation | undefined): readonly (Word | undefined)[] => {
  if (operation?.type === 'Slice') return [operation.offset, operation.length];
  if (operation?.type === 'Replace') return [operation.pattern, operation.replacement];
  return operation && 'operand' in operation ? [operation.operand] : [];
};

/**
 * What stands in arithmetic, in an index or in a slice. Bash reads that as if in double quotes (its manual, 6.5), so
 * that single quotes keep nothing in it from running, and what an escape stands for runs too.
 */
const ofComputed = (parts: readonly WordPart[] | undefined): readonly Verdict[] =>
  parts?.some(
    ({ type, text }) =>
      (type === 'SingleQuoted' && /\$\(|`|\$\{/.test(text)) ||
      (type === 'AnsiCQuoted' && /\$\(|`|\$\{|\\[xuU0-7]/.test(text)),
  )
    ? [say('undecidable', 'quotes a command where quotes keep nothing from running')]
    : [];

const ofName = (word: Word, known: Knowledge): readonly Verdict[] =>
  argOf(word, readerOf(known)).value === null
    ? [say('undecidable', 'tests a name that only shows when it runs')]
    : ofKeptText(word, known);

/** A text that holds a command, kept where arithmetic or an index may run it. */
const ofKeptText = (word: Word, known: Knowledge): readonly Verdict[] =>
  /\$\(|`|\$\{/.test(argOf(word, readerOf(known)).value ?? '')
    ? [say('unknown', 'keeps a text with a command in it')]
    : [];

const ofAssignment = (
  node: Assignment,
  known: Knowledge,
  runsText: (text: string) => readonly Verdict[],
): readonly Verdict[] => {
  const words = node.value.type === 'Word' ? [node.value] : node.value.elements;
  const found = words.flatMap((word) => {
    const { value } = argOf(word, readerOf(known));
    const ran = isCommandVariable(node.name) && value ? runsText(value) : [];
    return [...assignmentVerdicts(node.name, value, word.text), ...ran];
  });
  if (words.length === 0 && node.name === 'PATH') found.push(say('unknown', 'empties PATH'));
  return node.index ? [...found, ...ofKeptText(node.index, known)] : found;
};
