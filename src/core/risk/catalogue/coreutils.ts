import { isPublicVariable } from '../assignment.ts';
import { hiddenCommands } from '../code.ts';
import type { Verdict } from '../effect.ts';
import { Place, placeOf } from '../paths.ts';
import { writeTo } from '../redirection.ts';
import type { Call, Family, Rule } from '../rule.ts';
import { textOr } from '../run-text.ts';
import { named, say } from '../verdicts.ts';

const outputs =
  (...names: string[]) =>
  (call: Call) =>
    call.options
      .filter((option) => names.includes(option.name))
      .flatMap((option) => (option.value ? writeTo(option.value) : []));

const lists: Rule = { is: 'reads', namesOnly: true };

/** Shows what is in files, a raw disk among them. */
const rawDisk = (call: Call): readonly Verdict[] =>
  call.operands.some((arg) => placeOf(arg.value ?? arg.lead) === Place.device)
    ? [say('secrets', 'reads a raw disk')]
    : [];
const contents: Rule = { is: 'reads', check: rawDisk };

/** With words to look for it says little; without, it shows all. */
const environment = (call: Call): readonly Verdict[] =>
  call.operands.every((arg) => arg.value !== null && isPublicVariable(arg.value)) && call.operands.length > 0
    ? []
    : [say('secrets', 'shows the environment')];

/** A second operand of `uniq` is the file that it writes. */
const second = (call: Call) => (call.operands[1] ? writeTo(call.operands[1]) : []);

export const coreutils: Family = {
  rules: {
    'ls dir vdir ll stat du df pwd basename dirname realpath readlink namei lsattr getfacl which whereis locate mountpoint findmnt pathchk':
      lists,
    tree: { ...lists, values: '-o -L -P -I', flags: { '-o': 'writes' } },
    file: { ...lists, flags: { '-C --compile': 'writes' }, values: '-m --magic-file -f -F -P -e' },
    'shuf sdiff': { is: 'reads', values: '-o --output -n -i -w -I', check: outputs('-o', '--output') },
    dc: {
      is: 'nothing',
      noHelp: true,
      check: (call) =>
        call.args.length > 0 || call.stdin.kind !== 'none'
          ? [say('unknown', 'may be told to run a command')]
          : [],
    },
    printenv: { is: 'nothing', check: environment },
    'cat tac head tail nl wc od hexdump hd strings cmp diff diff3 comm join paste cut fold fmt expand unexpand column rev pr ptx tsort look zcat bzcat xzcat zgrep zegrep zfgrep zdiff zcmp bzgrep xzgrep lz4cat zstdcat colrm col ul base32 basenc md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum md5 shasum crc32 getconf numfmt tr factor seq jot cal ncal':
      contents,
    'base64 base32': {
      is: 'reads',
      values: '-w --wrap -b --break -i --input -o --output',
      flags: { '-o --output': 'writes' },
    },
    'echo printf true false : [ test expr yes sleep bc units tput clear reset stty tty nproc arch-name logname':
      {
        is: 'nothing',
        noHelp: true,
        namesOnly: true,
        anyOption: true,
        check: (call) => (call.name === 'printf' ? printsIntoName(call) : computesText(call)),
      },
    'date gdate': {
      is: 'nothing',
      values: '-d --date -f --file -r --reference --rfc-3339 -v',
      maybeValues: '-I --iso-8601',
      flags: { '-s --set': say('services', 'sets the clock') },
      check: (call) =>
        // With `-j` macOS only converts what it is given.
        call.operands.some((arg) => !arg.lead.startsWith('+')) && !call.options.some((o) => o.name === '-j')
          ? [say('services', 'may set the clock')]
          : [],
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
      check: (call) => [...second(call), ...rawDisk(call)],
    },
    'more less most pg view-only': {
      is: 'reads',
      flags: { '-o -O --log-file --LOG-FILE': 'writes', '-k --lesskey-file': 'runsCode' },
      values: '-o -O --log-file --LOG-FILE -p -P -t -T -x -y -z -j -h -b -k',
      // `+!cmd` runs it; `+G` and `+100` only move.
      check: (call) =>
        call.operands.some(
          (arg) => /^\+/.test(arg.lead) && !/^\+{1,2}(\d+|[GF]|\/.*)?$/.test(arg.value ?? '+x'),
        )
          ? [named.runsCode, ...hiddenCommands(call)]
          : [],
    },
    man: {
      is: 'reads',
      values: '-P --pager -M -S -s -H',
      flags: { '-P --pager -H --html -C --config-file': 'runsCode' },
      check: (call) => runsPager(call),
    },
    info: {
      is: 'reads',
      values: '-o --output -f -n -d --init-file',
      flags: { '-o --output --dribble': 'writes' },
    },
    'help apropos whatis type times caller': { is: 'reads', namesOnly: true, flags: { '-C': 'runsCode' } },
    compgen: {
      is: 'reads',
      values: '-A -W -F -C -G -P -S -X -o -V',
      flags: { '-F': 'unknown', '-v -e -A': 'secrets' },
      // The words of -W are expanded, and -C is a command.
      check: (call) =>
        call.options.flatMap((o) => (o.name === '-C' || o.name === '-W' ? textOr(call, o.value) : [])),
    },
    split: { is: 'writes', flags: { '--filter': 'runsCode' } },
    csplit: 'writes',
    tee: {
      is: 'nothing',
      maybeValues: '--output-error',
      namesOnly: true,
      check: (call) => call.operands.flatMap((operand) => writeTo(operand)),
    },
    'hostname hostid dnsdomainname domainname': {
      is: 'reads',
      operands: { most: 0, beyond: say('services', 'sets the name of this machine') },
      flags: { '-F --file -b': say('services', 'sets the name of this machine') },
    },
    lastlog: { is: 'reads', flags: { '-C --clear -S --set': 'writes' }, values: '-u --user -t -b' },
    'uname id groups whoami who w users last lastb uptime arch-info locale lsb_release': 'reads',
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
      'mktemp',
      'split big',
      'xxd -r a b',
      'less -o log a',
    ],
    dangerous: ['cat /etc/shadow', 'echo x | tee /etc/passwd', 'echo 1 > /etc/hosts', 'printf -v PATH x'],
  },
};

const printsIntoName = (call: Call) => {
  const [first, second] = call.args;
  if (!first?.lead.startsWith('-v')) return [];
  const name = first.lead === '-v' ? (second?.value ?? null) : (first.value?.slice(2) ?? null);
  return name === null || !/^[a-z_]\w*$/.test(name)
    ? [say('undecidable', 'prints into a variable that may change what runs')]
    : [];
};

/** `test` computes what stands beside `-eq` and in an index, and that runs what stands in it. */
const computesText = (call: Call) =>
  /^(\[|test)$/.test(call.name) &&
  call.args.some((arg) => arg.value === '-v' || /^-(eq|ne|lt|le|gt|ge)$/.test(arg.value ?? '')) &&
  call.args.some((arg) => /\$\(|`|\$\{/.test(arg.value ?? ''))
    ? [say('unknown', 'computes a text with a command in it')]
    : [];

const runsPager = (call: Call) =>
  call.options.flatMap((o) => (o.name === '-P' || o.name === '--pager' ? textOr(call, o.value) : []));
