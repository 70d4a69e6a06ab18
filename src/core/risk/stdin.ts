import type { CommandNode } from 'unbash';
import { type Knowledge, readerOf } from './knowledge.ts';
import type { Stdin } from './rule.ts';
import { type Arg, argOf } from './word.ts';

/** What a command hands down the pipe: its text where the script itself holds it, data otherwise. */
export const outputOf = (command: CommandNode | undefined, known: Knowledge): Stdin => {
  if (command?.type !== 'Command' || known.functions.has(command.name?.value ?? '')) return { kind: 'data' };
  const name = command.name?.value;
  const args: Arg[] = command.args
    .filter((arg) => arg.type === 'Word')
    .map((word) => argOf(word, readerOf(known)));
  if (args.some((arg) => arg.value === null || arg.isGlob)) return { kind: 'data' };
  const values = args.map((arg) => arg.value ?? '');
  if (name === 'echo' && !values.some((value) => value.includes('\\') || /^-[neE]*e/.test(value)))
    return { kind: 'text', text: values.filter((value, i) => i > 0 || value !== '-n').join(' ') };
  if (name === 'printf') return printed(values);
  const here = command.redirects.find((redirect) => redirect.type === 'HereDoc');
  const isWhole = here?.body.parts === undefined || here.body.parts.every((part) => part.type === 'Literal');
  if (name === 'cat' && values.length === 0 && here && isWhole) return { kind: 'text', text: here.body.text };
  return { kind: 'data' };
};

const printed = ([format = '', ...rest]: string[]): Stdin => {
  if (/^%s(\\n)?$/.test(format)) return { kind: 'text', text: rest.join('\n') };
  const plain = format.replace(/\\n/g, '\n');
  return plain.includes('\\') || plain.includes('%') || rest.length > 0
    ? { kind: 'data' }
    : { kind: 'text', text: plain };
};
