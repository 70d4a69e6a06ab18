import { hiddenCommands } from '../code.ts';
import type { Verdict } from '../effect.ts';
import type { Call, Family, Rule } from '../rule.ts';
import { named, say } from '../verdicts.ts';

const loses = (why: string): Verdict => say('destroys', why);
const shows = {
  is: 'reads',
  flags: { '--output -o --open-files-in-pager -O --ext-diff --textconv': 'writes' },
  values: '-n --max-count --author --since --until --grep -S -G --format --pretty --output -L -U --unified',
  plain: '--oneline --one',
} satisfies Rule;
const has = (call: Call, pattern: RegExp): boolean => call.options.some((o) => pattern.test(o.name));

const push = (call: Call): readonly Verdict[] => {
  const forced =
    has(call, /^(-f|--forc|--force|--mirror|--delete|-d|--prune)$/) ||
    call.operands.some((arg, i) => i > 0 && /^[+:]/.test(arg.lead));
  return [forced ? say('remoteDestroys', 'overwrites or removes history that others have') : named.remote];
};

const checkout = (call: Call): readonly Verdict[] => {
  const at = call.args.findIndex((arg) => arg.value === '--');
  const named2 = call.operands.some((arg) => arg.value === '.' || arg.value?.startsWith('./'));
  const discards =
    has(call, /^(-f|--force|--discard-changes|--pathspec-from-file|--ours|--theirs|-p|--patch)$/) ||
    (at >= 0 && at < call.args.length - 1) ||
    named2;
  const makes = has(call, /^(-b|-B|-c|-C|--orphan|--track|-t|--detach)$/);
  const unknown =
    call.options.some((o) => o.value === null && /^--unknown/.test(o.name)) && call.operands.length > 1;
  return [
    discards || unknown || (call.operands.length > 1 && !makes)
      ? loses('throws away changes that are not committed')
      : named.writes,
  ];
};

const listsOr =
  (lists: RegExp, otherwise: Verdict, destroys?: RegExp) =>
  (call: Call): readonly Verdict[] => {
    if (destroys && has(call, destroys)) return [loses('removes what may not be had back')];
    const onlyLists = call.args.every((arg) =>
      arg.lead.startsWith('-')
        ? lists.test((arg.value ?? '').split('=')[0] ?? '')
        : has(call, /^(-l|--list|--contains|--merged|--no-merged|--points-at|--sort|--format)$/),
    );
    return [onlyLists ? named.reads : otherwise];
  };

const config = (call: Call): readonly Verdict[] => {
  if (
    has(call, /^(-l|--list|--get.*|--show-origin|--show-scope|--name-only)$/) &&
    !has(call, /^(--unset.*|--add|--replace-all|--edit|-e|--rename-section|--remove-section)$/)
  )
    return [named.reads];
  const words = call.operands.map((arg) => arg.value);
  if (/^(list|get|get-color)$/.test(words[0] ?? '') && call.options.length + words.length > 0)
    return [named.reads];
  return [
    words.length === 1 &&
    call.options.every((o) => /^--(global|local|system|worktree|type|bool|int|path)$/.test(o.name)) &&
    words[0]?.includes('.')
      ? named.reads
      : say('writes', 'changes the settings of git, some of which run programs'),
  ];
};

const settings = (call: Call): readonly Verdict[] => {
  const pruned = call.options.some((o) => o.name === '-c' && /^gc\.\w*prune/i.test(o.value?.lead ?? ''));
  if (pruned) return [loses('removes unreachable commits now')];
  for (const { name, value } of call.options) {
    const key = (value?.value ?? value?.lead ?? '').toLowerCase();
    if (
      name === '-c' &&
      !/^(color\.|core\.(quotepath|pager=(cat|less|)$)|user\.|log\.|diff\.(renames|algorithm)|advice\.|safe\.|foo=|status\.)/.test(
        key,
      )
    )
      return [
        say('unknown', `sets ${key.split('=')[0]}, which may run a program`),
        ...hiddenCommands({ ...call, args: value ? [value] : [] }),
      ];
    if (name === '--config-env' || name === '--exec-path')
      return value === null ? [] : [say('unknown', 'changes which programs git runs')];
  }
  return [];
};

/** `ext::` and `fd::` are addresses that run a command. */
const transports = (call: Call): readonly Verdict[] =>
  call.operands.some((arg) => /^(ext|fd|file::ext)::/.test(arg.lead))
    ? [say('undecidable', 'uses an address that runs a command')]
    : [];

const gitRule: Rule = {
  values: '-C -c --git-dir --work-tree --namespace --config-env --super-prefix --attr-source --list-cmds',
  plain: '--no-pager --paginate --bare --no-replace-objects --literal-pathspecs --exec-path --version --help',
  turns: { '--version -v --help -h --html-path --man-path --info-path': 'nothing' },
  flags: { '--config-env': say('unknown', 'changes which programs git runs') },
  check: settings,
  sub: {
    '': 'nothing',
    'log show diff whatchanged shortlog range-diff diff-tree diff-files diff-index blame annotate': shows,
    'status ls-files ls-tree rev-parse rev-list describe cat-file name-rev count-objects check-ignore check-attr check-ref-format show-ref show-branch for-each-ref merge-base cherry verify-commit verify-tag verify-pack var version fsck get-tar-commit-id merge-tree patch-id diff-pairs column stripspace whatchanged show-index bugreport-list':
      {
        is: 'reads',
        flags: { '--upload-pack --exec --lost-found': 'runsCode', '--textconv --filters': 'runsCode' },
      },
    'interpret-trailers': { is: 'reads', flags: { '--in-place': 'writes' } },
    help: { is: 'reads', flags: { '-w --web -i --info': 'runsCode' } },
    'ls-remote': {
      is: 'reads',
      flags: { '--upload-pack --exec': 'runsCode' },
      values: '--upload-pack --exec -o --server-option --sort',
      check: transports,
    },
    grep: { is: 'reads', flags: { '-O --open-files-in-pager': 'runsCode' }, values: '-e -f -A -B -C -m' },
    archive: { is: 'reads', flags: { '-o --output': 'writes', '--remote --exec': 'network' } },
    branch: {
      check: (call) =>
        has(call, /^(-D|--force|-f|-M|-C)$/)
          ? [loses('removes or overwrites a branch, merged or not')]
          : listsOr(
              /^(-a|--all|-r|--remotes|-v|-vv|--verbose|-l|--list|--show-current|--contains|--no-contains|--merged|--no-merged|--points-at|--sort|--format|--color|--no-color|--column|-i|--ignore-case|-q|-av|-avv|-va|-rv|-vr)$/,
              named.writes,
            )(call),
    },
    tag: {
      check: listsOr(
        /^(-l|--list|-n\d*|--contains|--no-contains|--merged|--no-merged|--points-at|--sort|--format|--column|-v|--verify)$/,
        named.writes,
        /^(-d|--delete|-f|--force)$/,
      ),
    },
    remote: {
      sub: { '': 'reads', 'show get-url': 'reads', '-v': 'reads', 'update prune': 'remote', '*': 'writes' },
      plain: '-v --verbose',
    },
    stash: {
      sub: {
        '': 'writes',
        'list show': shows,
        'drop clear': loses('throws stashed changes away'),
        '*': 'writes',
      },
    },
    config: { check: config, values: '-f --file --blob --type --default' },
    notes: { sub: { '': 'reads', 'show list get-ref': 'reads', '*': 'writes' } },
    reflog: {
      sub: {
        '': 'reads',
        'show exists list': 'reads',
        'expire delete drop': loses('removes the way back to lost commits'),
        '*': 'reads',
      },
    },
    worktree: {
      sub: {
        list: 'reads',
        remove: { is: 'deletes', flags: { '-f --force': loses('removes a worktree with its changes') } },
        '*': 'writes',
      },
    },
    bisect: {
      sub: {
        'log view visualize terms': 'reads',
        run: { stopsAtOperand: true, is: 'writes', check: (call) => call.runs(call.operands) },
        '*': 'writes',
      },
    },
    submodule: {
      sub: {
        '': 'reads',
        'status summary': 'reads',
        foreach: {
          is: 'unknown',
          stopsAtOperand: true,
          check: (call) =>
            call.operands.every((a) => a.value !== null)
              ? call.runsText(call.operands.map((a) => a.value).join(' '))
              : [named.undecidable],
        },
        deinit: { is: 'deletes', flags: { '-f --force': 'destroys' } },
        '*': 'writes',
      },
    },
    push: {
      check: push,
      values: '-o --push-option --repo --receive-pack --exec --recurse-submodules',
      plain:
        '--force --force-with-lease --force-if-includes --tags --all --set-upstream --follow-tags --dry-run',
      turns: {},
    },
    'pull fetch clone': {
      is: 'remote',
      check: transports,
      flags: { '--upload-pack -u-': 'runsCode', '--force -f': 'writes' },
      values: '-c -b --branch --depth -o -j',
    },
    checkout: {
      check: checkout,
      values: '-b -B --orphan --conflict --unified --inter-hunk-context',
      plain:
        '--recurse-submodules --force --detach --track --quiet --progress --merge --ours --theirs --patch --no-patch --pathspec-from-file --guess',
    },
    switch: {
      is: 'writes',
      flags: { '-f --force --discard-changes': loses('throws away changes that are not committed') },
      values: '-c -C --create --force-create --orphan',
      plain: '--force-create',
    },
    restore: {
      check: (call) => [
        has(call, /^(-S|--staged)$/) && !has(call, /^(-W|--worktree)$/)
          ? named.writes
          : loses('throws away changes that are not committed'),
      ],
      values: '-s --source --conflict',
      plain: '--staged --worktree --patch --quiet',
    },
    reset: {
      is: 'writes',
      flags: { '--hard --merge --keep': loses('throws away changes that are not committed') },
      plain: '--help --mixed --soft',
    },
    clean: {
      is: 'destroys',
      turns: { '-n --dry-run': 'reads' },
      plain: '--force --quiet',
      values: '-e --exclude',
    },
    rm: {
      is: 'deletes',
      flags: { '-f --force': 'deletes', '-r': 'destroys' },
      turns: { '-n --dry-run': 'reads' },
    },
    gc: { is: 'writes', flags: { '--prune': loses('removes unreachable commits now') } },
    'filter-branch filter-repo': { is: 'destroys', turns: { '--dry-run --analyze': 'writes' }, flags: {} },
    'prune prune-packed replace update-ref': { is: 'destroys', turns: { '-n --dry-run': 'reads' } },
    lfs: { sub: { 'env ls-files status logs version': 'reads', prune: 'deletes', '*': 'writes' } },
    rerere: { sub: { '': 'reads', 'status diff remaining': 'reads', '*': 'writes' } },
    'symbolic-ref': { is: 'writes', check: () => [] },
    rebase: {
      is: 'writes',
      values: '-x --exec --onto -s -X',
      check: (call) =>
        call.options.flatMap((o) =>
          /^(-x|--exec)$/.test(o.name) && o.value
            ? o.value.value === null
              ? [named.undecidable]
              : call.runsText(o.value.value)
            : [],
        ),
    },
    'difftool mergetool instaweb web--browse send-email gui citool': 'runsCode',
    bundle: { sub: { 'verify list-heads': 'reads', '*': 'writes' } },
    'sparse-checkout': { sub: { list: 'reads', '*': 'writes' } },
    '*': 'writes',
  },
};

export const gitFamily: Family = {
  rules: {
    git: gitRule,
    'gitk tig git-log': 'reads',
  },
  examples: {
    'read-only': [
      'git status',
      'git log --oneline -5',
      'git diff HEAD~1',
      'git -C /a log',
      'git branch -a',
      'git remote -v',
      'git stash list',
      'git push --help',
      'git config --get a.b',
      'git tag',
      'git --no-pager log',
      'git clean -n',
    ],
    changes: [
      'git pull',
      'git push',
      'git commit -m x',
      'git checkout main',
      'git branch x',
      'git log --output=x',
      'git -c core.pager=x log',
      'git --exec-path=x log',
      'git config a.b c',
      'git log > x',
      'git rm a',
      'git push --force-with-lease',
      'git diff --outpu=x',
      'git grep -Ovi x',
      'git config core.pager x',
    ],
    dangerous: [
      'git reset --hard',
      'git push --force',
      'git push -f',
      'git push origin +main',
      'git clean -fd',
      'git checkout -- a',
      'git stash drop',
      'git branch -D x',
      'git reset --har',
      'git push origin :main',
      'git filter-branch x',
      'git restore .',
      'git bisect run rm -r x',
      'git $x',
    ],
  },
};
