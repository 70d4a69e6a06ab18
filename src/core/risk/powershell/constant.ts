import type { Knowledge } from './knowledge.ts';
import type { Expression, Statement } from './tree.ts';

/** The only expression of a statement; null where it is anything else. */
export const valueIn = (statement: Statement | undefined): Expression | null => {
  const [only, ...more] = statement?.type === 'pipeline' ? statement.elements : [];
  return only?.type === 'value' && more.length === 0 && only.redirections.length === 0
    ? only.expression
    : null;
};

/**
 * The text that an expression surely has, or null: quoted texts, sums of them, and variables that the script sets
 * once, to such a text.
 */
export const constantOf = (expression: Expression | null, known: Knowledge, depth = 0): string | null => {
  if (expression === null || depth > depthMax) return null;
  switch (expression.type) {
    case 'string':
    case 'word':
      return expression.value;
    case 'number':
      return expression.text;
    case 'group': {
      const inner = expression.statements.length === 1 ? valueIn(expression.statements[0]) : null;
      return constantOf(inner, known, depth + 1);
    }
    case 'operation': {
      if (!expression.operators.every((operator) => operator === '+')) return null;
      const texts = expression.operands.map((operand) => constantOf(operand, known, depth + 1));
      return texts.includes(null) ? null : texts.join('');
    }
    case 'variable': {
      const values = known.variables.get(expression.name);
      const value = values?.length === 1 && !known.setsByName ? (values[0] ?? null) : null;
      return constantOf(value, known, depth + 1);
    }
    default:
      return null;
  }
};
/** Sums within sums. */
const depthMax = 20;

/** How a block is shown among words. */
export const blockText = '{ … }';

/** What a person would see of it: its text where it is known, else as it is written. */
export const shownOf = (expression: Expression): string => {
  switch (expression.type) {
    case 'string':
    case 'word':
      return expression.value ?? expression.text.replace(/^["\u201c-\u201e]|["\u201c-\u201e]$/g, '');
    case 'number':
      return expression.text;
    case 'variable':
      return `$${expression.name}`;
    case 'block':
      return blockText;
    case 'list':
      return expression.items.map(shownOf).join(', ');
    default:
      return 'what is computed';
  }
};

/** The texts in a value, those of lists and tables one by one. */
export const textsIn = (expression: Expression, known: Knowledge): readonly string[] => {
  if (expression.type === 'list') return expression.items.flatMap((item) => textsIn(item, known));
  if (expression.type !== 'hash') return [constantOf(expression, known) ?? shownOf(expression)];
  return expression.entries.flatMap(({ value }) => {
    const inner = valueIn(value);
    return inner === null ? [] : textsIn(inner, known);
  });
};
