import type { Command } from 'unbash';

/**
 * Checks on what the parser lets pass though Bash rejects it; each was found by damaged scripts. The parser mends what
 * it can without saying so, and a script that Bash wouldn't start is not one that can be judged.
 */

/** Whether a command is followed by, or holds between its words, a parenthesis that the tree has lost. */
export const losesText = (node: Command, source: string): boolean => {
  let from = node.pos;
  const children = [...node.prefix, ...(node.name ? [node.name] : []), ...node.suffix];
  for (const { pos, end } of children) {
    if (source.slice(from, pos).includes('(')) return true;
    from = Math.max(from, end);
  }
  opening.lastIndex = from;
  return opening.test(source);
};
const opening = /[ \t]*\(/y;

/** How many parentheses are open at most, quoted ones among them: an upper bound that costs one look at each character. */
export const nestingOf = (text: string): number => {
  let open = 0;
  let most = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 40) most = Math.max(most, ++open);
    else if (code === 41 && open > 0) open--;
  }
  return most;
};

/** Whether a text holds a `$[` that isn't escaped: Bash takes it for arithmetic, whether it ends or not. */
export const opensArithmetic = (text: string): boolean => /(?:^|[^\\])(?:\\\\)*\$\[/.test(text);

/** Whether brackets open as often as they close. */
export const isBalanced = (text: string): boolean => text.split('[').length === text.split(']').length;
