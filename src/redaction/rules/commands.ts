import type { Rule } from '../rule.ts';
import { isPlaceholder } from './placeholder.ts';

/** A word of a command line, in quotes or not. */
const word = `"[^"\\r\\n]{1,500}"?|'[^'\\r\\n]{1,500}'?|[^\\s"'-][^\\s"']{0,500}`;
const accept = (secret: string): boolean => !isPlaceholder(secret);
/** The same command still: what follows a pipe or a semicolon is another one's. */
const options = '[^\\r\\n|;&]{0,200}?[ \\t]';

const of = (source: string): Rule => ({
  what: 'password',
  pattern: new RegExp(source, 'gi'),
  accept,
});

/** Secrets in command lines, as `ps` and shell histories show them. */
export const commandRules: readonly Rule[] = [
  {
    what: (match) => (/pass/i.test(match) ? 'password' : /token/i.test(match) ? 'token' : 'secret'),
    pattern: new RegExp(
      `((?<![\\w-])--?(?:[a-z0-9]{1,20}[_-]){0,4}(?:password|passwd|passphrase|token|secret|api[_-]?key|secret[_-]?key|access[_-]?key|private[_-]?key)[ \\t]{1,9})(${word})`,
      'gi',
    ),
    // systemctl's --no-ask-password is a switch and takes nothing.
    accept: (secret, { text, from }) => accept(secret) && !/^--?(?:no|ask)-/.test(text.slice(from, from + 6)),
  },
  of(`(\\b(?:mysql|mariadb)[\\w-]{0,20}\\b${options}-p)(${word})`),
  of(`(\\bsshpass[ \\t]{1,9}-p[ \\t]{0,9})(${word})`),
  of(`(\\bredis-cli\\b${options}(?:-a|--pass)[ \\t]{1,9})(${word})`),
  of(
    `(\\b(?:docker|podman|helm)[ \\t]{1,9}(?:registry[ \\t]{1,9})?login\\b${options}-p[ \\t]{1,9})(${word})`,
  ),
  of(`(\\bcurl\\b${options}(?:-u|--user|--proxy-user)[ \\t=]{0,9}["']?[^\\s:"']{1,100}:)([^\\s"']{1,500})`),
  of(`(\\bsmbclient\\b${options}-U[ \\t]{0,9}["']?[^\\s%"']{1,64}%)([^\\s"']{1,200})`),
  of(`((?<![\\w-])-pass(?:in|out)?[ \\t]{1,9}["']?pass:)([^\\s"']{1,500})`),
  of(
    `(\\bhtpasswd[ \\t]{1,9}-[a-z]{0,6}b[a-z]{0,6}[ \\t]{1,9}(?:\\S{1,100}[ \\t]{1,9}){1,2})(${word})[ \\t]{0,9}(?=[\\r\\n]|$)`,
  ),
  of(
    `(\\bConvertTo-SecureString[ \\t]{1,9}(?:-String[ \\t]{1,9})?)("[^"\\r\\n]{1,500}"?|'[^'\\r\\n]{1,500}'?)`,
  ),
];
