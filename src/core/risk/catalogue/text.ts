import { awkVerdicts, sedVerdicts } from '../programs.ts';
import type { Family } from '../rule.ts';

export const text: Family = {
  rules: {
    'grep egrep fgrep ggrep pcregrep': {
      is: 'reads',
      values: '-e -f -m -A -B -C --include --exclude --exclude-dir',
    },
    'rg ack ag': {
      is: 'reads',
      flags: { '--pre --hostname-bin --pager': 'runsCode' },
      values: '--pre --pre-glob -g --glob -t -T -A -B -C -e -m -f',
      plain: '--pretty --pre-glob --passthru',
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
    'jq gojq xmllint html2text xq dasel fx jc xsv csvlook csvcut csvstat mlr datamash': {
      is: 'reads',
      flags: { '-o --output': 'writes', '--compile': 'writes' },
    },
    yq: { is: 'reads', flags: { '-i --inplace --in-place -s --split-exp': 'writes' } },
    iconv: {
      is: 'reads',
      values: '-f -t -o --output --from-code --to-code',
      flags: { '-o --output': 'writes' },
    },
    fzf: { is: 'reads', flags: { '--bind --preview --listen --listen-unsafe --become': 'runsCode' } },
    'bat batcat delta diff-so-fancy colordiff lolcat figlet cowsay exa eza lsd ncdu dust': {
      is: 'reads',
      flags: { '--pager': 'runsCode' },
    },
    'envsubst column-t logname msgfmt getent': 'reads',
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
