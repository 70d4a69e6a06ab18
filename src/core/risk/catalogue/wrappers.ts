import { assignmentVerdicts } from '../assignment.ts';
import { Risk, type Verdict } from '../effect.ts';
import { isWholeSystem, Place, placeOf } from '../paths.ts';
import { writeTo } from '../redirection.ts';
import type { Call, Family, Meaning, Rule } from '../rule.ts';
import { optionText, textOr } from '../run-text.ts';
import { shellRule } from '../shell-call.ts';
import { named, say } from '../verdicts.ts';
import { type Arg, plainArg } from '../word.ts';

/** A command that runs its operands, after `skip` of its own. */
const wraps = (values: string, is: Meaning = 'nothing', skip = 0, more: Partial<Rule> = {}): Rule => ({
  is,
  values,
  stopsAtOperand: true,
  namesOnly: true,
  check: (call) => call.runs(call.operands.slice(skip)),
  ...more,
});

/** Takes `NAME=value` words off the front, and says what they change. */
const withAssignments = (call: Call, from: readonly Arg[] = call.operands): readonly Verdict[] => {
  const end = from.findIndex((arg) => !/^[A-Za-z_][^=\s]*=/.test(arg.lead));
  const set = end < 0 ? from : from.slice(0, end);
  const rest = end < 0 ? [] : from.slice(end);
  const changed = set.flatMap((arg) => {
    const at = arg.lead.indexOf('=');
    const value = arg.value === null ? null : arg.value.slice(at + 1);
    return assignmentVerdicts(arg.lead.slice(0, at), value, arg.text.slice(at + 1));
  });
  // `env A=1 -- ls`: the dashes belong to env.
  const inner = rest[0]?.value === '--' ? rest.slice(1) : rest;
  return [...changed, ...call.runs(inner)];
};

const sudo: Rule = wraps(
  '-u -g -h -p -C -r -t -T -U -D -R -a -c --user --group --host --prompt --chdir --close-from --other-user --role --type --login-class',
  'escalates',
  0,
  {
    turns: { '-l --list -V --version -v --validate -k --reset-timestamp -K': 'reads' },
    flags: { '-i --login -s --shell': 'escalates', '-e --edit': 'writes' },
    check: (call) =>
      call.operands.length === 0
        ? call.options.some((o) => /^(-[is]|--login|--shell)$/.test(o.name)) && call.stdin.kind !== 'none'
          ? call.runs([plainArg('sh')])
          : []
        : withAssignments(call),
  },
);

const su: Rule = {
  is: 'escalates',
  values: '-c --command -s --shell -g -G -w',
  namesOnly: true,
  check: (call) => {
    const text = optionText(call, '-c', '--command', '--session-command');
    return text
      ? textOr(call, text)
      : call.stdin.kind === 'none'
        ? []
        : [say('undecidable', 'feeds a shell')];
  },
};

const xargs: Rule = wraps(
  '-I -i -n -P -L -l -d -E -s -a --arg-file --max-args --max-procs --replace --delimiter --max-lines --max-chars --process-slot-var --eof',
  'nothing',
  0,
  {
    check: (call) => {
      if (call.operands.length === 0) return [say('unknown', 'runs echo, or what it is given later')];
      const maybeOption = call.stdin.kind === 'text' && /(^|\s)-/.test(call.stdin.text);
      const later: Arg = { text: 'what xargs adds', value: null, lead: '', isGlob: false, maybeOption };
      // With -I the words stand where the mark stands; without, they come last. Looking at both loses nothing.
      const mark = optionText(call, '-I', '--replace', '-i')?.value ?? '{}';
      const filled = call.operands.map((arg) =>
        arg.value?.includes(mark) ? { ...arg, value: null, lead: arg.lead.split(mark)[0] ?? '' } : arg,
      );
      const hasMark = call.options.some((o) => /^(-I|-i|--replace)$/.test(o.name));
      return call.runs(hasMark ? filled : [...call.operands, later], { kind: 'none' });
    },
  },
);

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
            : say('deletes', 'deletes what it finds'),
        );
      if (/^-f(print|ls)/.test(word)) found.push(...writeTo(call.args[i + 1] ?? plainArg('')));
      if (!findActions.has(word)) continue;
      const end = endOfExec(call.args, i + 1);
      const verdicts = call.runs(call.args.slice(i + 1, end), { kind: 'none' });
      found.push(...verdicts);
      if (wide && verdicts.some((v) => v.effects.includes('deletes')))
        found.push(say('destroys', `deletes what it finds under ${wide.text}`));
      i = end;
    }
    return found;
  },
};

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
    const inline = call.args.find((arg) => /^--exec(-batch)?=/.test(arg.lead));
    if (inline) return [say('unknown', 'runs a command on what it finds')];
    if (at < 0) return [];
    const verdicts = call.runs(
      call.args.slice(at + 1).length > 0 ? [...call.args.slice(at + 1), plainArg('{}')] : [],
    );
    return verdicts.length > 0 ? verdicts : [named.unknown];
  },
};

export const wrappers: Family = {
  rules: {
    'sudo doas dzdo pkexec run0': sudo,
    'su runuser': su,
    'nice ionice nohup setsid stdbuf chrt taskset numactl unbuffer catchsegv eatmydata setarch linux32 linux64 proxychains torsocks rtk caffeinate chronic':
      wraps('-n -c -p -t -i -o -e --adjustment --class --classdata --output --error --input -C -N -m -l'),
    command: wraps('', 'nothing', 0, {
      check: (call) => (call.options.some((o) => o.name === '-v') ? [] : call.runs(call.operands)),
    }),
    builtin: wraps(''),
    exec: wraps('-a', 'nothing'),
    coproc: wraps(''),
    busybox: wraps('', 'nothing', 0, { turns: { '--list': 'nothing' } }),
    'env genv': wraps('-u --unset -C --chdir --argv0 -a', 'nothing', 0, {
      turns: {},
      values: '-u --unset -C --chdir -S --split-string -a --argv0',
      check: (call) => {
        const split = optionText(call, '-S', '--split-string');
        return split ? [...textOr(call, split), ...withAssignments(call)] : withAssignments(call);
      },
    }),
    'timeout gtimeout': wraps('-s --signal -k --kill-after', 'nothing', 1),
    'time gtime': wraps('-f --format -o --output', 'nothing', 0, { flags: { '-o --output': 'writes' } }),
    arch: wraps('-arch -e -d', 'nothing', 0, { singleDash: true }),
    watch: wraps('-n --interval -s --shotsdir', 'nothing', 0, {
      check: (call) => {
        if (call.options.some((o) => o.name === '-x' || o.name === '--exec')) return call.runs(call.operands);
        if (call.operands.some((arg) => arg.value === null))
          return [say('unknown', 'runs a text that is only known when it runs'), ...call.runs(call.operands)];
        return call.runsText(call.operands.map((arg) => arg.value).join(' '));
      },
    }),
    'strace ltrace': wraps(
      '-e -o -p -s -S -u -E -a -O -I -b -P -X',
      say('unknown', 'traces another program'),
      0,
    ),
    'chroot fakechroot': wraps('--userspec --groups', 'escalates', 1),
    'unshare fakeroot firejail bwrap systemd-run nsenter setpriv capsh cgexec prlimit daemonize start-stop-daemon dbus-run-session xvfb-run':
      wraps(
        '-t --target -p --property -u --unit -S -G --map-users --description --on-calendar --on-active -M --machine --uid --gid',
        say('escalates', 'runs a command with other rights or limits'),
      ),
    flock: wraps('-w --wait --timeout -E --conflict-exit-code -c --command', 'nothing', 1, {
      stopsAtOperand: false,
      check: (call) => {
        const text = optionText(call, '-c', '--command');
        const at = call.args.findIndex((arg) => arg.value === call.operands[0]?.value);
        return text
          ? textOr(call, text)
          : call.runs(call.args.slice(at + 1).filter((arg, i) => i > 0 || arg.value !== '--'));
      },
    }),
    'script scriptreplay': {
      is: 'writes',
      values: '-c --command -I -O -B -T -t -m -o',
      check: (call) => [
        ...textOr(call, optionText(call, '-c', '--command')),
        ...call.runs(call.operands.slice(1)),
      ],
    },
    xargs,
    parallel: wraps(
      '-j --jobs -a --arg-file -I -n -N --colsep --delay --timeout --results --joblog -S --sshlogin',
      say('unknown', 'runs a command for each of its inputs'),
      0,
      {
        check: (call) => {
          const end = call.operands.findIndex((arg) => /^:::/.test(arg.lead));
          const command = end < 0 ? call.operands : call.operands.slice(0, end);
          const later: Arg = {
            text: 'what parallel adds',
            value: null,
            lead: '',
            isGlob: false,
            maybeOption: false,
          };
          if (command.length === 0) return [say('undecidable', 'runs its inputs as commands')];
          return command.length === 1
            ? textOr(call, command[0] ?? null)
            : call.runs([...command, later], { kind: 'none' });
        },
      },
    ),
    'find gfind': find,
    'fd fdfind': fd,
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
      'find . -delete',
      'find . -exec rm {} +',
      'timeout 5 systemctl restart x',
      'ssh web1 uptime',
      'xargs mkdir',
      'eval ls',
      'bash script.sh',
      'a=-delete; find . $a',
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
  if (remote.length === 0) return found;
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
