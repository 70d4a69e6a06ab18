import { writeTo } from '../redirection.ts';
import type { Call, Family, Rule } from '../rule.ts';
import { say } from '../verdicts.ts';

const outputs =
  (...names: string[]) =>
  (call: Call) =>
    call.options
      .filter((option) => names.includes(option.name))
      .flatMap((option) => (option.value ? writeTo(option.value) : []));

const lists: Rule = { is: 'reads', namesOnly: true };

/** A second operand of `uniq` is the file that it writes. */
const second = (call: Call) => (call.operands[1] ? writeTo(call.operands[1]) : []);

export const coreutils: Family = {
  rules: {
    'ls dir vdir ll stat du df pwd basename dirname realpath readlink file tree namei lsattr getfacl which whereis locate mountpoint findmnt pathchk':
      lists,
    'cat tac head tail nl wc od hexdump hd strings cmp diff diff3 sdiff comm join paste cut fold fmt expand unexpand column rev pr ptx tsort look zcat bzcat xzcat zgrep zegrep zfgrep zdiff zcmp bzgrep xzgrep lz4cat zstdcat colrm col ul base32 basenc md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum md5 shasum crc32 getconf numfmt tr shuf factor seq jot cal ncal':
      'reads',
    'base64 base32': {
      is: 'reads',
      values: '-w --wrap -b --break -i --input -o --output',
      flags: { '-o --output': 'writes' },
    },
    'echo printf true false : [ test expr yes sleep bc dc units tput clear reset stty tty nproc arch-name logname printenv':
      {
        is: 'nothing',
        noHelp: true,
        namesOnly: true,
        check: (call) => (call.name === 'printf' ? printsIntoName(call) : []),
      },
    'date gdate': {
      is: 'nothing',
      values: '-d --date -f --file -r --reference -I --rfc-3339 -v',
      flags: { '-s --set': say('services', 'sets the clock') },
      check: (call) =>
        call.operands.some((arg) => !arg.lead.startsWith('+')) ? [say('services', 'may set the clock')] : [],
    },
    'sort gsort': {
      is: 'reads',
      values:
        '-k --key -t --field-separator -T --temporary-directory -S --buffer-size -o --output --batch-size --compress-program --parallel --sort --files0-from --random-source',
      plain:
        '--reverse --numeric-sort --unique --check --merge --zero-terminated --stable --version-sort --month-sort --random-sort --ignore-case --human-numeric-sort --general-numeric-sort --dictionary-order --debug --ignore-leading-blanks --ignore-nonprinting',
      flags: { '--compress-program': 'runsCode' },
      check: outputs('-o', '--output'),
    },
    uniq: { is: 'reads', values: '-f -s -w --skip-fields --skip-chars --check-chars', check: second },
    xxd: {
      is: 'reads',
      values: '-c -cols -g -groupsize -l -len -n -name -o -s -seek -R',
      singleDash: true,
      check: second,
    },
    'more less most pg view-only': {
      is: 'reads',
      flags: { '-o -O --log-file --LOG-FILE': 'writes', '-k --lesskey-file': 'runsCode' },
      values: '-o -O --log-file --LOG-FILE -p -P -t -T -x -y -z -j -h -b -k',
    },
    man: { is: 'reads', values: '-P --pager -M -S -s -H', flags: { '-P --pager -H --html': 'runsCode' } },
    'help info apropos whatis type compgen times caller': { is: 'reads', namesOnly: true },
    split: { is: 'writes', flags: { '--filter': 'runsCode' } },
    csplit: 'writes',
    tee: {
      is: 'nothing',
      values: '--output-error',
      namesOnly: true,
      check: (call) => call.operands.flatMap((operand) => writeTo(operand)),
    },
    'hostname hostid dnsdomainname domainname': {
      is: 'reads',
      operands: { most: 0, beyond: say('services', 'sets the name of this machine') },
      flags: { '-F --file -b': say('services', 'sets the name of this machine') },
    },
    'uname id groups whoami who w users last lastb lastlog uptime arch-info locale lsb_release': 'reads',
    mktemp: { is: 'writes', turns: { '-u --dry-run': 'nothing' }, values: '-p --suffix -t' },
  },
  examples: {
    'read-only': [
      'ls -la /etc',
      'cat /etc/hosts | sort -k2 -t: | uniq -c',
      'sort --reverse a',
      'date +%s',
      'echo hello > /dev/null',
      'tee /dev/null',
      'hostname -f',
      'xxd -p a',
      "printf '%s' x",
    ],
    changes: [
      'sort -no out in',
      'sort --outp=x in',
      'uniq a b',
      'tee log',
      'hostname web2',
      'date -s 12:00',
      'date 01010000',
      'cat /etc/shadow',
      'mktemp',
      'split big',
      'xxd -r a b',
      'less -o log a',
    ],
    dangerous: ['echo x | tee /etc/passwd', 'echo 1 > /etc/hosts', 'printf -v PATH x'],
  },
};

const printsIntoName = (call: Call) => {
  if (call.args[0]?.value !== '-v') return [];
  const name = call.args[1]?.value ?? null;
  return name === null || !/^[a-z_]\w*$/.test(name)
    ? [say('undecidable', 'prints into a variable that may change what runs')]
    : [];
};
