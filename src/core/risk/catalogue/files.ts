import { secretsIn } from '../apply-rule.ts';
import { hiddenCommands } from '../code.ts';
import { Effect, Risk, type Verdict } from '../effect.ts';
import { isWholeSystem, Place, placeOf, tidyPath } from '../paths.ts';
import { writeTo } from '../redirection.ts';
import type { Call, Family } from '../rule.ts';
import { named, say } from '../verdicts.ts';
import type { Arg } from '../word.ts';

const has = (call: Call, ...names: string[]): boolean =>
  call.options.some((option) => names.includes(option.name));

/** What `rm` loses, by how it is told and what it is told to take. */
const removes = (call: Call): readonly Verdict[] => {
  const recursive = has(call, '-r', '-R', '--recursive', '--no-preserve-root');
  const forced = has(call, '-f', '--force');
  if (recursive && call.operands.length === 0 && call.stdin.kind !== 'none') return [];
  const found = call.operands.map((target) => removal(target, recursive));
  const nothing = call.operands.length === 0;
  return (recursive || forced) && !nothing
    ? [...found, say('destroys', 'removes for good, without asking')]
    : found;
};

const removal = (target: Arg, recursive: boolean): Verdict => {
  // The home of whoever runs it is known by its name.
  const written = target.text.replace(/["']/g, '').replace('${HOME}', '$HOME');
  if (recursive && /^\$HOME(\/|$)/.test(written) && isRoot(written))
    return say('ruins', `removes everything under ${target.text}`);
  const path = target.value ?? target.lead;
  if (target.value === null && placeOf(path) !== Place.temporary)
    return /^\/+$/.test(path) || recursive || path === '' || placeOf(path) !== Place.ordinary
      ? say('destroys', `removes ${target.text}, which is only known when it runs`)
      : named.deletes;
  if (recursive && isRoot(path)) return say('ruins', `removes everything under ${target.text}`);
  const place = placeOf(path);
  if (place === Place.temporary) return say('deletes', `removes ${target.text}`);
  if (place === Place.device || place === Place.system || place === Place.systemFile)
    return say('destroys', `removes ${target.text}`);
  if (
    recursive ||
    /^(\.?\*|\*\.\*|\.{1,2}|\.\/\*|\.{1,2}\/?\*?)$/.test(path) ||
    /(^|\/)\.git(\/|$)/.test(path)
  )
    return say('destroys', `removes ${target.text} and all that is in it`);
  return say('deletes', `removes ${target.text}`);
};

/** The root and all in it, or a home as a whole: what no one can mean. */
const isRoot = (path: string): boolean => /^(\/|\/\.?\*|(~[a-z_-]*|\$HOME)(\/\.?\*)?)$/.test(tidyPath(path));

const rights = (call: Call): readonly Verdict[] => {
  const recursive = has(call, '-R', '--recursive');
  const target = call.operands.find(
    (arg) =>
      arg.value === null || isWholeSystem(arg.value) || /^\/(etc|usr|bin|sbin|lib|boot)\b/.test(arg.value),
  );
  const mode = call.operands[0]?.value ?? '';
  if (recursive && target) return [say('opens', `changes the rights of all in ${target.text}`)];
  if (
    /^[0-7]?[2367]?77[67]$|^0*[4-7][0-7]{3}$|[ugoa]*\+[rwxX]*s|(^|,)(a|o|u?go|ugo)?[+=][rxX]*w/.test(mode) &&
    call.name === 'chmod'
  )
    return [say('opens', `gives everybody rights, or others' rights (${mode})`)];
  return target && target.value !== null ? [say('opens', `changes the rights of ${target.text}`)] : [];
};

const moves = (call: Call): readonly Verdict[] => {
  const into = call.options.find((option) => /^(-t|--target-directory)$/.test(option.name))?.value;
  const last = into ?? call.operands.at(-1);
  const found: Verdict[] = [...(last ? writeTo(last) : [])];
  const mode = call.options.find((option) => option.name === '-m' || option.name === '--mode')?.value?.value;
  if (call.name === 'install' && /^0*[4-7][0-7]{3}$|s/.test(mode ?? ''))
    return [...found, say('opens', `gives others' rights (${mode})`)];
  if (call.name !== 'mv') return found;
  if (last && placeOf(last.value ?? '') === Place.nowhere)
    found.push(say('destroys', 'moves files to nowhere'));
  for (const source of call.operands.slice(0, into ? undefined : -1))
    found.push(...writeTo(source, 'moves').filter((verdict) => verdict.risk === Risk.dangerous));
  const lost = call.operands.find(
    (arg) => arg.value !== null && isWholeSystem(arg.value) && placeOf(arg.value) !== Place.temporary,
  );
  return lost && lost !== last ? [...found, say('destroys', `moves ${lost.text} away`)] : found;
};

const copies = { values: '-t --target-directory -S --suffix -m -o -g --mode --owner --group', check: moves };

export const files: Family = {
  rules: {
    'rm grm': {
      check: (call) => [named.deletes, ...removes(call)],
      namesOnly: true,
      values: '--interactive',
      plain: '--recursive --force --verbose --dir --one-file-system --preserve-root',
      noHelp: false,
    },
    rmdir: { is: 'deletes', namesOnly: true },
    unlink: { check: (call) => call.operands.map((arg) => removal(arg, false)), namesOnly: true },
    'shred wipe srm': {
      check: (call) =>
        call.name === 'srm'
          ? [named.deletes, ...removes(call)]
          : [
              say('destroys', 'overwrites files so that nobody gets them back'),
              ...call.operands.flatMap((arg) =>
                writeTo(arg, 'overwrites').filter((v) => v.risk === Risk.forbidden),
              ),
            ],
      namesOnly: true,
      values: '-n -s --size --iterations --random-source',
    },
    truncate: {
      check: (call) => [
        say('deletes', 'cuts files'),
        ...call.operands.flatMap((arg) => writeTo(arg, 'cuts')),
      ],
      values: '-s --size -r --reference',
    },
    cp: { is: 'writes', ...copies },
    mv: { is: 'writes', ...copies, namesOnly: true },
    'ln install': { is: 'writes', ...copies, namesOnly: true },
    'mkdir touch mkfifo': { is: 'writes', namesOnly: true },
    mknod: 'opens',
    'chmod chattr': {
      is: 'permissions',
      check: rights,
      plain: '-R --recursive --verbose --changes --silent --quiet',
      values: '--reference',
      namesOnly: true,
    },
    'chown chgrp setfacl chcon restorecon setfattr': {
      is: 'permissions',
      check: rights,
      plain: '-R --recursive',
      values: '--reference -m -x -n -v',
      namesOnly: true,
    },
    getfattr: 'reads',
    dd: {
      namesOnly: true,
      check: (call) => {
        const source = call.operands.find((arg) => arg.lead.startsWith('if='));
        const target = call.operands.find((arg) => arg.lead.startsWith('of='));
        const device = source && placeOf(source.lead.slice(3)) === Place.device;
        const out: Verdict[] = target
          ? target.value === null
            ? [say('destroys', `writes to ${target.text}`)]
            : [...writeTo(target.value.slice(3))]
          : [];
        const reads = device
          ? { risk: Risk.changes, effects: [Effect.readsSecrets], why: 'reads a whole disk' }
          : named.reads;
        const file = source && {
          ...source,
          value: source.value?.slice(3) ?? null,
          lead: source.lead.slice(3),
        };
        // Without `of=` it shows what it reads.
        const secret = secretsIn(file ? [file] : []).map((v) =>
          target ? v : { ...v, risk: Risk.dangerous },
        );
        return [reads, ...secret, ...out];
      },
    },
    'tar gtar bsdtar': {
      values:
        '-f --file -C --directory -T --files-from -X --exclude-from --exclude -b -H --format -I --use-compress-program --to-command --checkpoint-action --rsh-command --rmt-command -F --info-script --new-volume-script --transform --strip-components -g --listed-incremental --owner --group --mode --mtime -K -N -V',
      flags: {
        '-I --use-compress-program --checkpoint-action --rsh-command --rmt-command -F --info-script --new-volume-script':
          say('runsCode', 'runs a program that its options name'),
        '--remove-files': 'deletes',
        '-T --files-from': say('unknown', 'reads options from a file'),
        '--index-file': 'writes',
      },
      plain:
        '--list --verbose --gzip --extract --create --compare --diff --wildcards --to-stdout --checkpoint --overwrite',
      check: (call) => tarVerdicts(call),
    },
    unzip: {
      is: 'writes',
      turns: { '-l -v -t -Z -z -p -c': 'reads' },
      values: '-d -x -P',
      plain: '-q -qq -a -C -1 -2',
    },
    'zipinfo unzipsfx-list': 'reads',
    zip: { is: 'writes', check: hiddenCommands, turns: { '-sf -v --version': 'reads' } },
    cpio: {
      is: 'writes',
      turns: { '-t --list': 'reads' },
      values: '-F --file -E -H',
      plain: '-i --extract -v --verbose',
    },
    ar: { is: 'writes', sub: { 't tv p pv': 'reads', '*': 'writes' } },
    'pax rar lha compress lzop': 'writes',
    unrar: { sub: { 'l lb lt v vb vt t p': 'reads', '*': 'writes' } },
    '7z 7za 7zz 7zr': { sub: { 'l t h i b': 'reads', d: 'deletes', '*': 'writes' }, namesOnly: true },
    'gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd lz4 unlz4 lzma unlzma uncompress brotli pigz': {
      is: 'writes',
      turns: { '-c --stdout --to-stdout -l --list -t --test -h --help -V --version -L': 'reads' },
      plain:
        '-d --decompress -k --keep -f --force -v --verbose -q --quiet -n --no-name -N --name -r --recursive -1 -2 -3 -4 -5 -6 -7 -8 -9 -0 --fast --best -T0 -s',
      flags: { '-o --output --rm': 'writes' },
      values: '-S --suffix -o --output',
    },
    fallocate: 'writes',
    'patch logger wall mesg write': 'writes',
    logrotate: {
      is: 'writes',
      turns: { '-d --debug': 'reads' },
      values: '-s --state',
      plain: '-v --verbose',
    },
    'rename vidir mmv': 'writes',
    'vi vim nvim nano emacs ed ex pico joe mcedit micro hx code gedit kate visudo vipw vigr': {
      is: say('runsCode', 'is an editor, which can write and run anything'),
      noHelp: true,
      check: hiddenCommands,
    },
  },
  examples: {
    'read-only': [
      'tar tzf a.tgz',
      'tar -tf a',
      'unzip -l a.zip',
      'gzip -dc a.gz',
      'rm --help',
      'dd if=/tmp/a',
      '7z l a.7z',
    ],
    changes: [
      'rm a',
      'rm -i a',
      'cp a b',
      'mv a b',
      'chmod 644 a',
      'tar xf a.tar',
      'tar czf a.tgz d',
      'tar tf a --use-compress-program=./x',
      'gzip a',
      'unzip a.zip',
      'mkdir a',
      'dd if=a of=b',
      'vim a',
      'tar tf a --checkpoint=1 --checkpoint-action=exec=sh',
    ],
    dangerous: [
      'rm -rf node_modules',
      'rm -rf /tmp/x',
      'rm -f a',
      'rm -r "$x"',
      'rm -fr .',
      'rm *',
      'rm /etc/passwd',
      'rm -rf /tmp/../etc',
      'rm -rf ~/a',
      'chmod -R 777 /',
      'chmod u+s a',
      'shred a',
      'cp x /etc/passwd',
      'mv /etc /tmp/x',
      'dd if=a of=$x',
      'rm --recurs x',
      'rm -rf "/tmp"',
    ],
    forbidden: [
      'rm -rf /',
      'rm -rf /tmp/*/../..',
      'rm -fr /*',
      'rm -r -f ~',
      'rm --no-preserve-root -rf //',
      'dd if=/dev/zero of=/dev/sda',
      'rm -rf -- /',
      'echo > /dev/sda',
      'cp a /dev/sda',
      'sudo rm -rf /.',
      'sh -c "rm -rf /"',
    ],
  },
};

const tarVerdicts = (call: Call): readonly Verdict[] => {
  const first = call.args[0]?.value ?? '';
  const old = first !== '' && !first.startsWith('-') ? [...first] : [];
  const command = call.options.find((option) => option.name === '--to-command')?.value;
  const does = (...names: string[]): boolean =>
    has(call, ...names) || old.some((letter) => names.includes(`-${letter}`));
  const more: Verdict[] = command
    ? command.value === null
      ? [named.undecidable]
      : [...call.runsText(command.value)]
    : [];
  if (does('-I', '--use-compress-program', '--checkpoint-action', '-F', '--to-command'))
    more.push(...hiddenCommands(call));
  if (old.some((letter) => /[IFgT]/.test(letter))) more.push(named.runsCode);
  // `host:archive` is fetched through a remote shell.
  const archive = call.options.find((option) => /^(-f|--file)$/.test(option.name))?.value ?? call.args[1];
  if (/^[\w.@-]+:/.test(archive?.value ?? '') && !has(call, '--force-local')) more.push(named.network);
  if (does('-x', '--extract', '--get')) {
    const into = call.options.find((option) => /^(-C|--directory)$/.test(option.name))?.value;
    const place = into ? writeTo(into, 'unpacks into').filter((v) => v.risk !== Risk.changes) : [];
    const root = into && isRoot(into.value ?? '') ? [say('overwrites', 'unpacks over the whole system')] : [];
    return [
      command || does('-O', '--to-stdout') ? named.reads : say('writes', 'unpacks an archive'),
      ...more,
      ...place,
      ...root,
    ];
  }
  if (does(...tarWrites.split(' '))) return [say('writes', 'writes an archive'), ...more];
  if (does('-t', '--list', '-d', '--diff', '--compare', '--test-label')) return [named.reads, ...more];
  return [say('writes', 'is used in a way that is not known'), ...more];
};
const tarWrites = '-c --create -r --append -u --update -A --catenate --concatenate --delete';
