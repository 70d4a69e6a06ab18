import { awkVerdicts } from '../awk.ts';
import type { Verdict } from '../effect.ts';
import { tidyPath } from '../paths.ts';
import type { Call, Family } from '../rule.ts';
import { sedVerdicts } from '../sed.ts';
import { named, say } from '../verdicts.ts';

/** A search through all of these shows the secrets that are kept there. */
const whole = (call: Call): readonly Verdict[] =>
  call.operands.some((arg) =>
    /^(\/|(\/private)?\/etc|\/root|~\w*|\/(home|Users)(\/[^/]+)?|\/proc|\/run|\/dev)$/.test(
      tidyPath(arg.value ?? ''),
    ),
  )
    ? [say('secrets', 'searches folders that hold secrets')]
    : [];

/** A filter's program that asks for the environment. */
const asksEnvironment = (call: Call): readonly Verdict[] =>
  call.operands.some((arg) => /(^|[^.\w"])(env|strenv|envsubst)\b(?!\s*:)|\$ENV\b/.test(arg.value ?? ''))
    ? [say('secrets', 'shows the environment')]
    : [];

export const text: Family = {
  rules: {
    'grep egrep fgrep ggrep pcregrep': {
      is: 'reads',
      values: '-e -f -m -A -B -C --include --exclude --exclude-dir',
      check: (call) =>
        call.options.some((o) => /^(-[rR]|--recursive|--dereference-recursive)$/.test(o.name))
          ? whole(call)
          : [],
      plain: '--recursive --dereference-recursive --regexp --file --count --color --colour --line-number',
    },
    'rg ack ag': {
      is: 'reads',
      flags: { '--pre --hostname-bin --pager': 'runsCode' },
      values: '--pre --pre-glob -g --glob -t -T -A -B -C -e -m -f',
      plain: '--pretty --pre-glob --passthru',
      check: (call) => whole(call),
    },
    'sed gsed': {
      is: 'reads',
      values: '-e --expression -f --file -l --line-length -E-',
      flags: {},
      plain:
        '--quiet --silent --regexp-extended --null-data --separate --unbuffered --sandbox --debug --posix --in-place --follow-symlinks',
      check: sedVerdicts,
    },
    'awk gawk mawk nawk original-awk': {
      is: 'reads',
      noHelp: true,
      values: '-F -v -f -W --field-separator --assign --file --source -e -i -l -E --exec --include --load',
      stopsAtOperand: true,
      check: awkVerdicts,
    },
    fx: { is: 'runsCode', operands: { most: 1, beyond: 'runsCode' } },
    jc: { is: 'reads', check: (call) => call.runs(call.operands), stopsAtOperand: true },
    dasel: { is: 'reads', sub: { 'put delete': 'writes', '*': 'reads' } },
    mlr: {
      is: 'reads',
      noHelp: true,
      flags: { '-I': 'writes' },
      check: (call) =>
        call.operands.some((arg) => /\b(system|exec|tee|split|output)\b|>/.test(arg.value ?? 'exec'))
          ? [say('unknown', 'lets mlr write or run something')]
          : [],
    },
    'jq gojq xmllint html2text xq xsv csvlook csvcut csvstat datamash': {
      is: 'reads',
      check: asksEnvironment,
      flags: { '-o --output': 'writes', '--compile': 'writes', '--shell': 'runsCode' },
    },
    yq: {
      is: 'reads',
      check: asksEnvironment,
      flags: { '-i --inplace --in-place -s --split-exp': 'writes' },
    },
    iconv: {
      is: 'reads',
      values: '-f -t -o --output --from-code --to-code',
      flags: { '-o --output': 'writes' },
    },
    fzf: { is: 'reads', flags: { '--bind --preview --listen --listen-unsafe --become': 'runsCode' } },
    'bat batcat delta diff-so-fancy colordiff lolcat figlet cowsay exa eza lsd ncdu dust': {
      is: 'reads',
      flags: { '--pager': 'runsCode' },
      check: (call) =>
        call.name === 'ncdu' && call.options.some((o) => o.name === '-o') ? [named.writes] : [],
    },
    'envsubst column-t logname': 'reads',
    msgfmt: 'writes',
    getent: {
      is: 'reads',
      check: (call) => [
        ...(/shadow/.test(call.operands[0]?.value ?? 'shadow') ? [say('secrets', 'shows passwords')] : []),
        // Of hosts it asks the network, as `host` does.
        ...(/^(ahosts|hosts|networks)/.test(call.operands[0]?.value ?? '') &&
        call.operands.some(
          (arg) => arg.isComposed === true || (arg.value === null && /\$\(|`/.test(arg.text)),
        )
          ? [say('sends', 'puts data into what it asks for')]
          : []),
      ],
    },
    ed: 'writes',
  },
  examples: {
    'read-only': [
      "sed -n '1,5p' a",
      "sed 's/a/b/g' a",
      "awk '{print $1}' a",
      "awk -F: '$3 > 5 {print $1}' /etc/passwd",
      'grep -r x .',
      'jq .a b',
      "sed -e 's/a/w/' -e '$d' a",
      "awk 'NR>1 && $5+0>80 {print $6}'",
      "sed 's,/w,/e,g'",
      'awk \'{printf "%s > %s\\n", $1, $2}\'',
      "awk '/system/ {n++} END {print n}'",
    ],
    changes: [
      "sed -i 's/a/b/' a",
      "sed 's/a/b/w out' a",
      'awk \'{print > "x"}\' a',
      'awk \'{print | "sh"}\' a',
      'awk \'BEGIN{system("id")}\'',
      'awk -f x.awk a',
      'yq -i . a',
      'sed --in-pl=.bak p a',
      "sed -n 'w out' a",
      'sed -f x a',
      'rg --pre sh x',
      'awk \'"id" | getline x\'',
      'sed -ni p a',
      'gawk -i inplace 1 a',
      "awk '{print >> f}'",
    ],
    dangerous: ["sed 's/x/id/e' a", 'sed 1e a', 'awk \'BEGIN{system("rm -rf x")}\''],
  },
};
