/** Words that stand where a secret could, in the output of ordinary tools and in examples. */
const words = new Set(
  [
    'true false yes no on off none null nil undefined unset unknown empty default required optional enabled disabled',
    'never always prompt ask hidden masked redacted removed protected set missing invalid expired locked string text',
    'password passwd secret token key username user root admin md5 peer trust cert ident reject scram-sha-256',
    // nsswitch.conf's `passwd:`, the usual case of a name that only looks like one.
    'files compat systemd sss nis nisplus ldap winbind db dns',
  ]
    .join(' ')
    .split(' '),
);

const path = /^(?:~|\.{1,2}|[A-Za-z]:|file:|\$[A-Za-z_{][\w}]*)?(?:[\\/][\w.@%{}$-]{0,40})+$/;
const number = /^[-+]?\d{1,20}(?:[.,]\d{1,9})?(?:ms|s|m|h|d|k|kb|mb|gb|kib|mib|gib|bytes?|%)?$/i;
/** A shell's, a template's or a program's way to say that the value is elsewhere. */
const elsewhere =
  /^(?:\$(?:[({A-Za-z_@?*#!0-9-]|$)|`|%[A-Za-z_]\w*%|\{\{|\{[%}\w]|<[^<>]*>?$|@\{|\*+$|(?:os|process|System|ENV|env|std|config|settings|args|opts|options|params|self|this)[.[(])/;
const call = /^[A-Za-z_][\w.:]{0,60}\(/;
const cmdlet = /^[A-Z][a-z]+-[A-Z][A-Za-z]+$/;
const regular = /^(?:\.[*+]|\[\^|\\[A-Za-z(]|\(\?|\^)/;

/** True for a value that says nothing: a boolean, a path, a variable, a mask, our own mask. */
export const isPlaceholder = (value: string): boolean => {
  const bare = value.replace(/^["']|["']$/g, '').trim();
  if (bare === '' || /^([^\u00a4])\1*$/.test(bare) || /^\[?(?:redacted|withheld)\b/i.test(bare)) return true;
  if (words.has(bare.toLowerCase()) || number.test(bare) || path.test(bare)) return true;
  return elsewhere.test(bare) || call.test(bare) || cmdlet.test(bare) || regular.test(bare);
};

/** True for a value that no sentence has as a word: it mixes letters with digits or signs. */
export const looksRandom = (value: string, charsMin: number): boolean => {
  const bare = value.replace(/^["']|["'.,;:]+$/g, '');
  if (bare.length < charsMin || !/[A-Za-z]/.test(bare)) return false;
  return /\d/.test(bare) || /[!#$%&*+=?@^~]/.test(bare) || (/[a-z]/.test(bare) && /[a-z][A-Z]/.test(bare));
};
