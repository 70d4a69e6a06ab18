import { cut, escapedTo, plain } from './escape.ts';
import { nameCharsMax } from './limits.ts';

/** Foreign text of several lines, set off from ours. */
export const quoted = (text: string, charsMax: number): string => {
  const lines = text.trim().split('\n');
  const room = Math.max(0, charsMax - 2 * lines.length);
  return escapedTo(text.trim(), room)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
};

/** The text in a code block, unchanged; only where it holds no three backticks, which would end it. */
export const fenced = (text: string, language: string): string =>
  `\`\`\`${language}\n${text.replace(/\n+$/, '')}\n\`\`\``;

/** Quoted output in a code block: backticks that would end it are replaced by a letter that looks alike. */
export const fencedLines = (lines: readonly string[]): string =>
  fenced(lines.map((line) => plain(line).replace(/```/g, 'ˋˋˋ')).join('\n'), '');

/** Set in bold; nothing where there is nothing, since the bare signs would be shown. */
export const bold = (markup: string): string => (markup === '' ? '' : `**${markup}**`);

/** A name in code type, or escaped where it holds a backtick. */
export const coded = (text: string): string => {
  const shown = cut(plain(text), nameCharsMax);
  return shown.includes('`') || shown === '' ? escapedTo(shown, nameCharsMax) : `\`${shown}\``;
};
