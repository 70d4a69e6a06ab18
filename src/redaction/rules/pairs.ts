import type { Rule } from '../rule.ts';
import { isPlaceholder } from './placeholder.ts';

const names = '(?:password|passwd|passphrase|secret|token|(?:api|secret|access|private)[_-]?key)';
const accept = (secret: string): boolean => !isPlaceholder(secret);
const what = (match: string): string => (/pass/i.test(match) ? 'password' : 'secret');

/** Names and values that stand further apart: in XML, in lists of settings, in calls. */
export const pairRules: readonly Rule[] = [
  {
    what,
    pattern: new RegExp(
      `(<[\\w:.-]{0,40}${names}(?:[ \\t][^<>\\r\\n]{0,100})?>)([^<\\s][^<\\r\\n]{0,500})(?=</)`,
      'gi',
    ),
    hint: /<\//,
    accept,
  },
  {
    what,
    pattern: new RegExp(
      `(\\b(?:name|key)["']?[ \\t]{0,9}[:=][ \\t]{0,9}["'][\\w.-]{0,60}${names}["'][ \\t]{0,9},?[ \\t]{0,9}["']?value["']?[ \\t]{0,9}[:=][ \\t]{0,9}["'])([^"'\\r\\n]{1,500})`,
      'gi',
    ),
    hint: /value/i,
    accept,
  },
  {
    what,
    pattern: new RegExp(
      `(\\bdefine\\([ \\t]{0,9}["'][\\w.-]{0,60}${names}["'][ \\t]{0,9},[ \\t]{0,9}["'])([^"'\\r\\n]{1,500})`,
      'gi',
    ),
    accept,
  },
  {
    what: 'password',
    pattern:
      /(\b[a-z_][\w-]{0,31}:)([^\s"':|]{1,200})(?=["']?[ \t]{0,9}\|[ \t]{0,9}(?:sudo[ \t]{1,9})?chpasswd)/gi,
    hint: /chpasswd/,
    accept,
  },
];
