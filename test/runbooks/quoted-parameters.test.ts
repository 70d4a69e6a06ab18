import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { quote } from '../../src/core/quote.ts';
import { replaceParameters } from '../../src/runbooks/placeholders.ts';
import { quotedParameters } from '../../src/runbooks/quoted-parameters.ts';

const dir = mkdtempSync(join(tmpdir(), 'nerdyops-placeholders-'));
const mark = join(dir, 'mark');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Values that would leave a mark if any of them ran. */
const values = [
  `$(touch ${mark})`,
  `\`touch ${mark}\``,
  `'; touch ${mark}; '`,
  `\`; touch ${mark}; \``,
  `\`\`touch ${mark}\`\``,
  `a[$(touch ${mark})]`,
  `" ; touch ${mark} ; "`,
  `\\'; touch ${mark}; \\'`,
];
/** Whether one of these values in this script ran. */
const runsIn = (script: string): boolean =>
  values.some((value) => {
    rmSync(mark, { force: true });
    spawnSync('bash', ['--norc', '-c', replaceParameters(script, () => quote('bash', value))]);
    return existsSync(mark);
  });

/** Where quoting keeps no value from running: seen with a real bash, and refused when a runbook is read. */
const unsafe = {
  'double quotes': 'echo "{{x}}"',
  backticks: 'x=`printf %s {{x}}`',
  'quotes with escapes': "x=$'it\\'s {{x}}'",
  'a here-document': 'cat <<END\n{{x}}\nEND',
  'a here-document that ends with a number': 'cat <<1\n{{x}}\n1',
  'a here-document that ends with a mark': 'cat <<,\n{{x}}\n,',
  'an operand in double quotes': 'x="${y:-{{x}}}"',
  'arithmetic as a command': '(( y = {{x}} ))',
  'arithmetic as a word': 'y=$(( 1 + {{x}} ))',
  'arithmetic of old': 'y=$[ {{x}} ]',
  'a loop that counts': 'for (( i={{x}}; i<1; i++ )); do :; done',
  'an index': 'a[{{x}}]=1',
  'an index that is read': 'y=${a[{{x}}]}',
  'a slice': 'y=abc; z=${y:{{x}}}',
  'a comparison of numbers': '[[ 1 -eq {{x}} ]]',
  'a test of a name': '[[ -v {{x}} ]]',
};

describe('a parameter', () => {
  it.each(Object.entries(unsafe))('in %s would run its value, and is refused', (_, script) => {
    expect(runsIn(script)).toBe(true);
    expect(quotedParameters('bash', script)).toEqual(['x']);
  });

  it.each([
    'printf %s {{x}}',
    'printf %s "$(printf %s {{x}})"',
    'y={{x}}; printf %s "$y"',
    "printf 'it''s %s' {{x}} # it's fine",
    '[ {{x}} = 1 ]',
    '[[ {{x}} == 1 ]]',
    'case {{x}} in a) ;; *) printf %s {{x}} ;; esac',
    'for y in {{x}}; do printf %s "$y"; done',
    'if [ -e {{x}} ]; then cat -- {{x}}; fi 2>/dev/null',
    'f() { printf %s "$1"; }; f {{x}}',
    'printf %s {{x}} | { read -r y; printf %s "$y"; }',
    'y=$(( 1 + 2 )); printf %s {{x}}',
    'y=(1 2); printf %s "${y[1]}" {{x}}',
  ])('in %s is one word and nothing else', (script) => {
    expect(quotedParameters('bash', script)).toEqual([]);
    expect(runsIn(script)).toBe(false);
  });
});

/** Pieces of what shells, templates and chats take for more than text. */
const pieces = [
  ...["'", '"', '`', '\\', '$', '$(', ')', '${', '}', '{{', '}}', '{{ x }}', '{%', '%}', '{x}', '$((', '))'],
  ...[';', '&', '|', '<', '>', '<<E', '#', '!', '~', '*', '?', '[', ']', ' ', '\t', '-n', '%s', '=', 'x'],
  ...['<!channel>', '@everyone', '<@U1>', '\u202e', '\u200b', '\u001b[2J', '‘', '’', '한', '😀'],
];

it('any value is one argument of a real bash, as it was given, template marks and all', () => {
  const value = fc.oneof(
    fc.array(fc.constantFrom(...pieces), { maxLength: 16 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.toWellFormed().replace(/[\0\r\n]/g, '')),
  );
  fc.assert(
    fc.property(value, (given) => {
      const script = replaceParameters('printf %s {{x}}; printf %s "$(printf %s {{x}})"', () =>
        quote('bash', given),
      );
      const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
      expect({ stdout, stderr }).toEqual({ stdout: given + given, stderr: '' });
    }),
    { numRuns: 60 },
  );
});
