import { assignmentVerdicts, isCommandVariable } from '../assignment.ts';
import { hiddenCommands } from '../code.ts';
import { Risk, type Verdict } from '../effect.ts';
import { Place, placeOf } from '../paths.ts';
import type { Call, Family, Rule } from '../rule.ts';
import { optionText, textOr } from '../run-text.ts';
import { shellRule } from '../shell-call.ts';
import { named, say } from '../verdicts.ts';
import { type Arg, plainArg } from '../word.ts';
import { doubted, followed, wraps } from '../wrap.ts';

/** `flock` makes its file where there is none; a number is a descriptor that is open already. */
const isLockOnly = (file: Arg | undefined): boolean =>
  /^(\d+|\/(run|var\/lock|var\/run)\/.*)$/.test(file?.value ?? '') ||
  placeOf(file?.value ?? file?.lead ?? '') === Place.temporary;

const lockedBy = (call: Call): readonly Verdict[] => {
  const text = optionText(call, '-c', '--command');
  const at = call.args.findIndex((arg) => arg.value === call.operands[0]?.value);
  return text
    ? textOr(call, text)
    : call.runs(call.args.slice(at + 1).filter((arg, i) => i > 0 || arg.value !== '--'));
};

const isAssignment = (arg: Arg): boolean => /^[A-Za-z_][^=\s]*=/.test(arg.lead);
const showsAll = say('secrets', 'shows the environment');

/** Takes `NAME=value` words off the front, and says what they change. */
const withAssignments = (call: Call, from: readonly Arg[] = call.operands): readonly Verdict[] => {
  const end = from.findIndex((arg) => !isAssignment(arg));
  const set = end < 0 ? from : from.slice(0, end);
  const rest = end < 0 ? [] : from.slice(end);
  const changed = set.flatMap((arg) => {
    const at = arg.lead.indexOf('=');
    const value = arg.value === null ? null : arg.value.slice(at + 1);
    const name = arg.lead.slice(0, at);
    const ran = isCommandVariable(name) && value ? call.runsText(value) : [];
    return [...assignmentVerdicts(name, value, arg.text.slice(at + 1)), ...ran];
  });
  // `env A=1 -- ls`: the dashes belong to env.
  const inner = rest[0]?.value === '--' ? rest.slice(1) : rest;
  return [...changed, ...followed(call, inner)];
};

/** `sudo -l` and its like only say or forget what one may do, where no command follows. */
const asksSudo = (call: Call): boolean =>
  call.operands.length === 0 &&
  call.options.length > 0 &&
  call.options.every((o) =>
    /^(-[lVvkKnU]|--(list|version|validate|reset-timestamp|remove-timestamp|non-interactive))$/.test(o.name),
  );

const sudo: Rule = wraps(
  '-u -g -h -p -C -r -t -T -U -D -R -a -c --user --group --host --prompt --chdir --close-from --other-user --role --type --login-class',
  'nothing',
  0,
  {
    flags: { '-i --login -s --shell': 'escalates', '-e --edit': 'writes' },
    check: (call) => {
      if (asksSudo(call)) return [named.reads];
      const isFed =
        call.options.some((o) => /^(-[is]|--login|--shell)$/.test(o.name)) && call.stdin.kind !== 'none';
      const ran = call.operands.length > 0 ? withAssignments(call) : isFed ? call.runs([plainArg('sh')]) : [];
      return [named.escalates, ...ran];
    },
  },
);

const su: Rule = {
  is: 'escalates',
  values:
    '-c --command --session-command -s --shell -g --group -G --supp-group -w --whitelist-environment -u --user',
  namesOnly: true,
  check: (call) => {
    const text = optionText(call, '-c', '--command', '--session-command');
    if (text) return textOr(call, text);
    // `runuser -u x -- cmd` runs a command, `su x -- -c text` hands its words to a shell.
    const after = call.operands.findIndex((arg) => arg.value === '-c');
    if (after >= 0) return textOr(call, call.operands[after + 1] ?? null);
    if (call.name === 'runuser' && call.options.some((o) => o.name === '-u' || o.name === '--user'))
      return call.runs(call.operands);
    return call.stdin.kind === 'none' ? call.doubts(call.args) : [...call.runs([plainArg('sh')])];
  },
};

const elsewhere = say('escalates', 'runs a command with other rights or limits');

export const wrappers: Family = {
  rules: {
    'sudo doas dzdo pkexec run0': sudo,
    'su runuser': su,
    nice: wraps('-n --adjustment'),
    ionice: wraps('-c --class -n --classdata -p --pid -P --pgid -u --uid'),
    'nohup setsid eatmydata catchsegv chronic torsocks unbuffer linux32 linux64 i386 rlwrap valgrind tini dumb-init ifne':
      wraps(''),
    stdbuf: wraps('-i --input -o --output -e --error'),
    chrt: wraps('-T --sched-runtime -P --sched-period -D --sched-deadline -p --pid', 'nothing', 1),
    taskset: { ...wraps('-p --pid'), check: (call) => followed(call, call.operands.slice(1)) },
    numactl: wraps(
      '-i --interleave -p --preferred -N --cpunodebind -m --membind -C --physcpubind -w --weighted-interleave',
    ),
    setarch: wraps('', 'nothing', 1),
    proxychains: wraps('-f', 'network'),
    caffeinate: wraps('-t -w'),
    rtk: wraps(''),
    cpulimit: wraps('-p --pid -e --exe -P --path -l --limit'),
    faketime: wraps('-f', 'nothing', 1),
    'gosu su-exec setuidgid s6-setuidgid': wraps('', 'escalates', 1),
    chpst: wraps('-u -U -b -/ -n -l -L -m -d -o -p -f -c -r -t -P', 'escalates'),
    toybox: wraps(''),
    sg: {
      is: 'escalates',
      values: '-c',
      check: (call) => textOr(call, optionText(call, '-c') ?? call.operands[1] ?? null),
    },
    'pee mispipe': {
      is: 'unknown',
      check: (call) => call.args.flatMap((arg) => textOr(call, arg)),
    },
    command: wraps('', 'nothing', 0, {
      check: (call) => (call.options.some((o) => o.name === '-v') ? [] : call.runs(call.operands)),
    }),
    builtin: wraps(''),
    exec: wraps('-a'),
    coproc: wraps(''),
    busybox: wraps('', 'nothing', 0, { flags: { '--install': 'writes' } }),
    'env genv': wraps('-u --unset -C --chdir --argv0 -a', 'nothing', 0, {
      turns: {},
      values: '-u --unset -C --chdir -S --split-string -a --argv0',
      check: (call) => {
        const split = optionText(call, '-S', '--split-string');
        if (split) {
          const words = split.value?.trim().split(/\s+/).map(plainArg);
          return words
            ? [...textOr(call, split), ...withAssignments(call, [...words, ...call.operands])]
            : textOr(call, split);
        }
        // `env -` clears the environment like `env -i`.
        const from = call.operands[0]?.value === '-' ? call.operands.slice(1) : call.operands;
        return from.some((arg) => !isAssignment(arg))
          ? withAssignments(call, from)
          : [...withAssignments(call, from), showsAll];
      },
    }),
    'timeout gtimeout': wraps('-s --signal -k --kill-after', 'nothing', 1),
    'time gtime': wraps('-f --format -o --output', 'nothing', 0, { flags: { '-o --output': 'writes' } }),
    arch: wraps('-arch -e -d', 'nothing', 0, { singleDash: true }),
    watch: wraps('-n --interval -s --shotsdir -q --equexit', 'nothing', 0, {
      flags: { '-s --shotsdir': 'writes' },
      check: (call) => {
        if (call.options.some((o) => o.name === '-x' || o.name === '--exec')) return call.runs(call.operands);
        if (call.operands.some((arg) => arg.value === null))
          return [say('unknown', 'runs a text that is only known when it runs'), ...call.runs(call.operands)];
        return [
          ...doubted(call, call.operands),
          ...call.runsText(call.operands.map((arg) => arg.value).join(' ')),
        ];
      },
    }),
    'strace ltrace': wraps(
      '-e -o -p -s -S -u -E -a -O -I -b -P -X',
      say('unknown', 'traces another program'),
      0,
    ),
    'chroot fakechroot': wraps('--userspec --groups', 'escalates', 1),
    nsenter: wraps('-t --target -S --setuid -G --setgid', elsewhere, 0, {
      maybeValues:
        '-m --mount -u --uts -i --ipc -n --net -p --pid -C --cgroup -U --user -T --time -r --root -w --wd -W',
    }),
    'unshare fakeroot firejail bwrap setpriv cgexec prlimit daemonize dbus-run-session xvfb-run direnv aws-vault dotenv':
      wraps('-S -G --map-users --map-groups -g -n --server-args -f', elsewhere),
    'systemd-run': wraps(
      '-p --property -u --unit -M --machine --uid --gid -H --host --slice --description --on-calendar --on-active --on-boot --on-startup --on-unit-active --timer-property --working-directory -E --setenv --nice --service-type',
      elsewhere,
    ),
    capsh: wraps('', elsewhere, 0, {
      check: (call) =>
        shellRule.check?.({
          ...call,
          args: call.args.slice(call.args.findIndex((a) => a.value === '--') + 1),
        }) ?? [],
    }),
    'start-stop-daemon': {
      is: elsewhere,
      values: '-x --exec -a --startas -p --pidfile -n --name -u --user -c --chuid -d --chdir -N --nicelevel',
      check: (call) => {
        const program = optionText(call, '-a', '--startas') ?? optionText(call, '-x', '--exec');
        return program ? call.runs([program, ...call.operands]) : [];
      },
    },
    perf: {
      is: say('unknown', 'looks into other programs'),
      noHelp: true,
      check: hiddenCommands,
    },
    'gdb lldb': {
      is: say('runsCode', 'looks into another program and can change it'),
      noHelp: true,
      check: hiddenCommands,
    },
    'tmux screen zellij byobu dtach abduco': {
      is: 'runsCode',
      sub: { 'ls list-sessions list-windows list-panes': 'reads' },
      noHelp: true,
      check: hiddenCommands,
    },
    flock: wraps('-w --wait --timeout -E --conflict-exit-code -c --command', 'nothing', 1, {
      stopsAtOperand: false,
      check: (call) => (isLockOnly(call.operands[0]) ? lockedBy(call) : [named.writes, ...lockedBy(call)]),
    }),
    'script scriptreplay': {
      is: 'writes',
      values: '-c --command -I -O -B -T -t -m -o',
      check: (call) => [
        ...textOr(call, optionText(call, '-c', '--command')),
        ...call.runs(call.operands.slice(1)),
      ],
    },
    'bash sh dash zsh ksh ash mksh fish rbash csh tcsh yash': shellRule,
    ssh: {
      is: 'network',
      values: '-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w',
      stopsAtOperand: true,
      namesOnly: true,
      check: (call) => sshVerdicts(call),
    },
    sshpass: wraps('-p -f -d -P', 'secrets'),
    mosh: 'network',
  },
  examples: {
    'read-only': [
      'env ls',
      'env FOO=1 -- ls',
      'timeout 5 ls',
      'nice -n 5 ls',
      'find . -name x',
      'find . -exec cat {} \\;',
      'ls | xargs grep x',
      'sh -c "ls"',
      'watch -n 1 df -h',
      "trap 'echo bye' EXIT",
      'command -v ls',
      'flock -n /tmp/l ls',
      'bash -lc ls',
      'time nice ls',
      'busybox ls',
      'cat <<E\nrm -rf /\nE',
    ],
    changes: [
      'sudo ls',
      'env PATH=/x ls',
      'find . -name x -delete',
      'find . -exec rm {} +',
      'timeout 5 systemctl restart x',
      'ssh web1 uptime',
      'xargs mkdir',
      'eval ls',
      'bash script.sh',
      'a=-delete; find . -name x $a',
      'find . -fprint out',
      'source x.sh',
      'find . $(echo -delete)',
      'bash <<E\ntouch a\nE',
      'bash -c "touch a"',
      'fd -x touch',
    ],
    dangerous: [
      'eval "$x"',
      '$cmd x',
      'curl x | sh',
      'echo aGk= | base64 -d | bash',
      'xargs rm -rf',
      'sudo rm -rf /opt/x',
      'find / -delete',
      'bash <(curl x)',
      'nice sh -c "$x"',
      'ssh h "rm -rf /srv"',
      'source /dev/stdin',
      '"$@"',
      'busybox rm -r x',
      'LD_PRELOAD=x ls',
      'parallel git reset --hard ::: a',
      'alias ls="rm -rf x"',
      'cat x | bash -s',
      'env -S "rm -r x"',
      "trap 'rm -r x' EXIT",
    ],
    forbidden: [
      'eval "rm -rf /"',
      "echo 'rm -rf /' | bash",
      'env A=1 bash -c "rm -rf /"',
      'cat >(rm -rf /)',
      ': $(rm -rf /)',
      'f(){ rm -rf /; }; f',
      ':(){ :|:& };:',
      "bash <<'E'\nrm -rf /\nE",
      'unshare -m bash -c "rm -rf /"',
    ],
  },
};

const sshVerdicts = (call: Call): readonly Verdict[] => {
  const found: Verdict[] = [];
  for (const { name, value } of call.options) {
    if (name !== '-o' || !value) continue;
    const [key = '', text = ''] = (value.value ?? value.lead).split(/[=\s](.*)/s);
    if (/^(proxycommand|localcommand|knownhostscommand|permitlocalcommand|match)$/i.test(key)) {
      found.push(say('undecidable', `lets ssh run a command (${key})`));
      if (value.value !== null) found.push(...call.runsText(text));
    }
  }
  const remote = call.operands.slice(1);
  // Without a command the shell over there reads what comes through the pipe.
  if (remote.length === 0)
    return call.stdin.kind === 'none' ? found : [...found, ...call.runs([plainArg('sh')])];
  if (remote.some((arg) => arg.value === null))
    return [
      ...found,
      {
        ...named.unknown,
        risk: Risk.dangerous,
        why: 'runs a command elsewhere that is only known when it runs',
      },
    ];
  return [...found, ...call.runsText(remote.map((arg) => arg.value).join(' '))];
};
