import type { Verdict } from '../effect.ts';
import { isSecretPath, isWholeSystem, Place, placeOf } from '../paths.ts';
import { writeTo } from '../redirection.ts';
import type { Call, Family, Rule } from '../rule.ts';
import { textOr } from '../run-text.ts';
import { named, say } from '../verdicts.ts';
import { type Arg, plainArg } from '../word.ts';
import { doubted, later, wraps } from '../wrap.ts';

const xargs: Rule = wraps(
  '-I -n -P -L -d -E -s -a -J -R -S --arg-file --max-args --max-procs --delimiter --max-chars --process-slot-var',
  'nothing',
  0,
  {
    maybeValues: '-i -l -e --replace --max-lines --eof',
    plain: '--null --no-run-if-empty --verbose --interactive --exit --open-tty --show-limits',
    check: (call) => {
      // Without a command it only prints what it was given.
      if (call.operands.length === 0)
        return call.args.length > 0 ? [say('unknown', 'prints, or runs what it is told elsewhere')] : [];
      const isFile = call.options.some((o) => /^(-a|--arg-file)$/.test(o.name));
      const isText = call.stdin.kind === 'text' && !isFile && call.stdin.text.length <= xargsCharsMax;
      const text = isText && call.stdin.kind === 'text' ? call.stdin.text : null;
      const maybeOption = text !== null && /(^|\s)-/.test(text);
      const added =
        text === null ? [{ ...later, maybeOption }] : text.split(/\s+/).filter(Boolean).map(plainArg);
      const marks = call.options.filter((o) => /^(-I|-i|-J|--replace)$/.test(o.name));
      const mark = marks[0]?.value?.value ?? '{}';
      const filled = call.operands.flatMap((arg) => fill(arg, mark, text));
      // A mark that stands nowhere takes no words; whoever wrote that meant them to come last.
      const isMarked = marks.length > 0 && call.operands.some((arg) => arg.text.includes(mark));
      // The text after `-c` is cut into words in xargs' own way.
      const isCut = text !== null && call.operands.at(-1)?.value === '-c';
      return [
        ...doubted(call, call.operands),
        ...(isCut
          ? [
              ...call.runs([...call.operands, later], { kind: 'none' }),
              ...call.runs([...call.operands, plainArg(text)]),
            ]
          : []),
        ...call.runs(isMarked ? filled : [...call.operands, ...added], { kind: 'none' }),
      ];
    },
  },
);
/** Text that stands in the script and is filled in as words; a longer one counts as data. */
const xargsCharsMax = 1_000;

const fill = (arg: Arg, mark: string, text: string | null): readonly Arg[] =>
  !arg.value?.includes(mark)
    ? [arg]
    : text !== null
      ? [plainArg(arg.value.replaceAll(mark, text.trim()))]
      : [
          {
            ...arg,
            value: null,
            lead: arg.lead.split(mark)[0] ?? '',
            shape: arg.value.replaceAll(mark, '*'),
          },
        ];

/** What narrows a search down to some files; without one of these `-delete` takes a whole tree. */
const findFilters =
  /^-(i?name|i?path|i?wholename|i?regex|i?lname|[acm]time|[acm]min|newer|size|empty|user|group|uid|gid|nouser|nogroup|perm|inum|links|samefile|used|xtype)/;

const findActions = new Set(['-exec', '-execdir', '-ok', '-okdir']);
const find: Rule = {
  is: 'reads',
  namesOnly: true,
  noHelp: true,
  singleDash: true,
  flags: {
    '-fprint -fprint0 -fls -fprintf': 'writes',
    '-okdir -execdir': say('unknown', 'runs a command in each folder'),
  },
  values:
    '-fprint -fprint0 -fls -fprintf -name -iname -path -ipath -wholename -regex -iregex -newer -perm -user -group -type -size -mtime -mmin -ctime -atime -printf -maxdepth -mindepth',
  check: (call) => {
    const found: Verdict[] = [];
    const roots = rootsOf(call.args);
    const wide = roots.find(
      (arg) =>
        arg.value === null ||
        (/^[/~]/.test(arg.value) && isWholeSystem(arg.value) && placeOf(arg.value) !== Place.temporary),
    );
    for (let i = 0; i < call.args.length; i++) {
      const word = call.args[i]?.value ?? '';
      if (word === '-delete')
        found.push(
          wide
            ? say('destroys', `deletes what it finds under ${wide.text}`)
            : call.args.some((arg) => findFilters.test(arg.lead))
              ? say('deletes', 'deletes what it finds')
              : say('destroys', 'deletes all that it finds'),
        );
      if (/^-f(print|ls)/.test(word)) found.push(...writeTo(call.args[i + 1] ?? plainArg('')));
      if (!findActions.has(word)) continue;
      const end = endOfExec(call.args, i + 1);
      const words = call.args.slice(i + 1, end);
      const verdicts = call.runs(words, { kind: 'none' });
      const secrets = withFound(words, call, roots)
        .flatMap((each) => call.runs(each, { kind: 'none' }))
        .filter((v) => v.effects.includes('reads-secrets'));
      found.push(...verdicts, ...secrets);
      if (wide && verdicts.some((v) => v.effects.includes('deletes')))
        found.push(say('destroys', `deletes what it finds under ${wide.text}`));
      i = end;
    }
    return found;
  },
};

/** The words of `-exec` once for each secret that its search may find. */
const withFound = (words: readonly Arg[], call: Call, roots: readonly Arg[]): readonly (readonly Arg[])[] => {
  const names = call.options.filter((o) => /^-i?(name|path|wholename)$/.test(o.name));
  const patterns = names.length > 0 ? names.map((o) => o.value?.value ?? '') : ['*'];
  const found = patterns.flatMap((name) => [
    name,
    ...[...roots.map((root) => root.value ?? ''), '/etc', '/root/.ssh'].map((root) => `${root}/${name}`),
  ]);
  const isWide = roots.some((root) => /^[/~]/.test(root.value ?? '') && isWholeSystem(root.value ?? ''));
  const own = new Set(roots.map((root) => root.value ?? ''));
  return found
    .filter((path) => isSecretPath(path))
    .filter((path) => isWide || [...own].some((root) => path.startsWith(root)) || !path.includes('/'))
    .slice(0, foundMax)
    .map((path) => words.map((word) => (word.value === '{}' ? { ...plainArg(path), isGlob: true } : word)));
};
/** Secrets that one search is tried with; one would do. */
const foundMax = 4;

const rootsOf = (args: readonly Arg[]): readonly Arg[] => {
  const first = args.findIndex((arg) => /^[-(!]/.test(arg.lead) && !/^-[HLPOD]/.test(arg.lead));
  return (first < 0 ? args : args.slice(0, first)).filter((arg) => !arg.lead.startsWith('-'));
};

const endOfExec = (args: readonly Arg[], from: number): number => {
  for (let i = from; i < args.length; i++) {
    if (args[i]?.value === ';' || (args[i]?.value === '+' && args[i - 1]?.value === '{}')) return i;
  }
  return args.length;
};

const fd: Rule = {
  is: 'reads',
  namesOnly: true,
  values:
    '-t --type -e --extension -E --exclude -S --size -d --max-depth --changed-before --changed-within -c --color -j --threads --min-depth -o --owner --base-directory',
  check: (call) => {
    const at = call.args.findIndex((arg) => /^(-[a-zA-Z]*[xX]|--exec|--exec-batch)$/.test(arg.value ?? ''));
    const attached = call.args.findIndex((arg) => /^-[aHILsigluFpq0]*[xX]./.test(arg.lead));
    if (attached >= 0)
      return call.runs([
        plainArg((call.args[attached]?.value ?? '').replace(/^-[^xX]*[xX]/, '')),
        ...call.args.slice(attached + 1),
        later,
      ]);
    const inline = call.args.find((arg) => /^--exec(-batch)?=/.test(arg.lead));
    if (inline) return [say('unknown', 'runs a command on what it finds')];
    if (at < 0) return [];
    const verdicts = call.runs(
      call.args.slice(at + 1).length > 0 ? [...call.args.slice(at + 1), plainArg('{}')] : [],
    );
    return verdicts.length > 0 ? verdicts : [named.unknown];
  },
};

/** What finds or is given many things, and runs a command on each. */
export const finders: Family = {
  rules: {
    xargs,
    parallel: wraps(
      '-j --jobs -a --arg-file -I -n -N --colsep --delay --timeout --results --joblog -S --sshlogin',
      say('unknown', 'runs a command for each of its inputs'),
      0,
      {
        check: (call) => {
          const end = call.operands.findIndex((arg) => /^:::/.test(arg.lead));
          const command = end < 0 ? call.operands : call.operands.slice(0, end);
          if (command.length === 0) return [say('undecidable', 'runs its inputs as commands')];
          return command.length === 1
            ? textOr(call, command[0] ?? null)
            : call.runs([...command, later], { kind: 'none' });
        },
      },
    ),
    'find gfind': find,
    'fd fdfind': fd,
  },
  examples: {
    'read-only': ['find . -name x', 'find . -exec cat {} \\;', 'ls | xargs grep x', 'fd x'],
    changes: [
      'xargs mkdir',
      'find . -exec rm {} +',
      'find . -fprint out',
      'fd -x touch',
      'echo a | xargs -n 1',
    ],
    dangerous: ['xargs rm -rf', 'find / -delete', 'find . -delete', 'parallel git reset --hard ::: a'],
    forbidden: ['echo / | xargs rm -rf'],
  },
};
