import type { Command, ParameterExpansionPart, WordPart } from 'unbash';
import type { Verdict } from './effect.ts';
import type { Knowledge } from './knowledge.ts';
import { say } from './verdicts.ts';

/** Variables of the environment that are named for what must not be shown. */
const secretName =
  /(^|_)(PASS(WD|WORD|PHRASE|CODE)?|PWD_?HASH|PGPASSWORD|SECRETS?|TOKENS?|CREDENTIALS?|(API|ACCESS|PRIVATE|SECRET|ENCRYPTION|SIGNING)_?KEYS?|\w*API_?KEY)(_|$)/i;

/** What a command prints of the environment's secrets: `echo "$DB_PASSWORD"`. Those that the script sets are its own. */
export const shownSecrets = (node: Command, known: Knowledge): readonly Verdict[] => {
  const shows = /^(echo|printf|cat|tee|logger|wall|export|declare)$/.test(node.name?.value ?? '');
  const here = node.redirects.flatMap((redirect) =>
    redirect.type === 'HereDoc'
      ? (redirect.body.parts ?? [])
      : redirect.type === 'HereString'
        ? (redirect.target?.parts ?? [])
        : [],
  );
  const words = shows ? node.args.flatMap((arg) => (arg.type === 'Word' ? (arg.parts ?? []) : [])) : [];
  // `declare -p TOKEN` shows it by its name alone.
  const isDeclared = /^(declare|typeset|export|readonly)$/.test(node.name?.value ?? '');
  const named =
    isDeclared && node.args.some((arg) => /^-\w*p/.test(arg.text)) ? node.args.map((arg) => arg.text) : [];
  const declared = named.find((text) => secretName.test(text) && !known.assigned.has(text));
  if (declared !== undefined) return [say('secrets', `shows ${declared}`)];
  const name = [...here, ...words].map((part) => secretIn(part, known)).find((found) => found !== null);
  return name ? [say('secrets', `shows ${name}`)] : [];
};

const secretIn = (part: WordPart, known: Knowledge): string | null => {
  if (part.type === 'DoubleQuoted')
    return part.parts.map((inner) => secretIn(inner, known)).find((found) => found !== null) ?? null;
  const name =
    part.type === 'SimpleExpansion'
      ? part.text.slice(1)
      : part.type === 'ParameterExpansion' && part.prefix !== '#' && isShowing(part)
        ? part.parameter
        : null;
  return name !== null && secretName.test(name) && !known.assigned.has(name) ? name : null;
};

/** `${TOKEN:+set}` says only whether it is there. */
const isShowing = (part: ParameterExpansionPart): boolean =>
  part.operation?.type !== 'Default' || !part.operation.operator.endsWith('+');
