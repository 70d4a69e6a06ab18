import { nameCharsMax } from '../limits.ts';
import type { Around, Rule } from '../rule.ts';
import { isPlaceholder, looksRandom } from './placeholder.ts';

/** What names of secrets end in. */
const names = [
  'passw(?:or)?d',
  'passphrase',
  'pass',
  'pwd',
  'psk',
  'secret',
  'token',
  'requirepass',
  'masterauth',
  '_auth(?:token)?',
  '(?:api|access|account|app|auth|bearer|client|consumer|deploy|encryption|jwt|license|master|preshared|private|secret|service|session|shared|shared[_-]?access|signing|storage|webhook)[_ -]?key',
].join('|');

/** In quotes (of JSON within JSON too) up to the closing one, else up to a space or the next name in a row of them. */
const value = [
  `\\\\{1,4}"[^"\\\\\\r\\n]{1,4096}`,
  `"(?:[^"\\\\\\r\\n]|\\\\[^\\r\\n]){1,4096}"?`,
  `'[^'\\r\\n]{1,4096}'?`,
  `[^\\s"'\\\\](?:[^\\s"'&;,]|[&;,](?![\\w .-]{1,40}=)){0,4096}`,
].join('|');
/** grep and ls colour what they print. */
const colour = '(?:\\x1b\\[[0-9;]{0,10}[mK]){0,4}';

/** What stands directly before the match, as far as it belongs to its name. */
const nameBefore = ({ text, from }: Around): string =>
  /[A-Za-z0-9_.$-]*$/.exec(text.slice(Math.max(0, from - nameCharsMax), from))?.[0] ?? '';

/** Names of what everybody may know. */
const isPublic = (name: string): boolean =>
  /public|(?:^|[_.-])(?:gpg|pgp|host|foreign|primary|sort|cache|partition|no|has|is)[_.-]?$/i.test(name);

const quoted = (text: string): boolean => /^["']/.test(text);

/** Whether nothing else stands on the line before the name, but what lists and quotes begin with. */
const beginsLine = ({ text, from }: Around): boolean => {
  const before = text.slice(Math.max(0, from - nameCharsMax), from);
  const line = before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
  return /^[\s>+*#"'-]*[A-Za-z0-9_.-]*$/.test(line);
};

const endsLine = ({ text, end }: Around): boolean =>
  /^[ \t]*(?:[,}\]#;]|[\r\n]|$)/.test(text.slice(end, end + 20));

const acceptAssigned = (secret: string, around: Around): boolean => {
  const match = text(around);
  const before = nameBefore(around);
  const name = before + (/^[A-Za-z_-]+/.exec(match)?.[0] ?? '');
  if (isPublic(before) || /^(?:old)?pwd$/i.test(name)) return false;
  const isPassword = /pass|pwd|psk|auth/i.test(match);
  // "compass=", "pass: 12": of the short word a name must begin there.
  if (
    /^pass[^wp]/i.test(match) &&
    (/[A-Za-z]$/.test(before) || (!match.includes('=') && !/[_.-]$/.test(before)))
  )
    return false;
  const bare = secret.replace(/^["']|["']$/g, '');
  if (isPlaceholder(secret)) return isPassword && match.includes('=') && /^\d{6,}$/.test(bare);
  if (match.includes('=') || quoted(secret) || /["'][ \t]*:/.test(match)) return true;
  // `name: value`: YAML when it stands alone on its line, otherwise perhaps prose.
  if (beginsLine(around)) return endsLine(around) || looksRandom(secret, 8);
  return looksRandom(secret, 8) || (/passw|phrase/i.test(match) && endsLine(around) && secret.length > 3);
};

const text = ({ text: all, from, start }: Around): string => all.slice(from, start);

/** `…_KEY=` alone says little, so the value must look like a key too. */
const acceptKey = (secret: string, around: Around): boolean => {
  const before = nameBefore(around);
  if (isPublic(before) || isPlaceholder(secret)) return false;
  const bare = secret.replace(/^["']|["']$/g, '');
  return /^[A-Za-z0-9+/=_.-]{16,}$/.test(bare) && looksRandom(bare, 16);
};

const whatOf = (match: string): string => {
  if (/pass|pwd|psk|masterauth/i.test(match)) return 'password';
  if (/key/i.test(match)) return 'key';
  return /token/i.test(match) ? 'token' : 'secret';
};

/** Values whose name says that they are secret. */
export const assignmentRules: readonly Rule[] = [
  {
    what: whatOf,
    pattern: new RegExp(
      `((?:${names})\\d{0,3}${colour}\\\\{0,4}["']?\\]?[ \\t]{0,20}(?::=|=>|==?|:)${colour}[ \\t]{0,20})(${value})`,
      'gi',
    ),
    accept: acceptAssigned,
  },
  {
    what: 'key',
    pattern: new RegExp(`([_-]key\\d{0,3}["']?[ \\t]{0,20}(?:=|:)[ \\t]{0,20})(${value})`, 'gi'),
    accept: acceptKey,
  },
  {
    // Docker's config.json: base64 of user:password.
    what: 'credentials',
    pattern: /("(?:auth|identitytoken|registrytoken)"[ \t]{0,20}:[ \t]{0,20}")([A-Za-z0-9+/=_.-]{8,4096})/g,
  },
  {
    what: 'password',
    pattern:
      /(\bidentified[ \t]{1,9}by[ \t]{1,9}(?:password[ \t]{1,9})?)('[^'\r\n]{1,500}'?|"[^"\r\n]{1,500}"?)/gi,
    accept: (secret) => !isPlaceholder(secret),
  },
  {
    what: 'password',
    pattern: /(\b(?:with|encrypted|user|role)\b[^\r\n;]{0,200}?\bpassword[ \t]{1,9})('[^'\r\n]{1,500}'?)/gi,
    hint: /password[ \t]+'/i,
    accept: (secret) => !isPlaceholder(secret),
  },
  {
    // .netrc, redis.conf and their like: a word, a space and the secret.
    what: 'password',
    pattern:
      /((?:\blogin[ \t]{1,9}\S{1,100}[ \t]{1,9}password|(?:^|[\r\n])[ \t]{0,9}(?:requirepass|masterauth))[ \t]{1,9})(\S{1,500})/gi,
    accept: (secret) => !isPlaceholder(secret),
  },
  {
    // .pgpass: host:port:database:user:password.
    what: 'password',
    pattern: /((?<![^\r\n])[^\s:#]{1,255}:(?:\d{4,5}|\*):[^\s:]{1,64}:[^\s:]{1,64}:)(\S{1,500})/g,
    hint: /:(?:\d{4,5}|\*):/,
    accept: (secret) => !isPlaceholder(secret) && !secret.includes(':'),
  },
];
