import { hiddenCommands } from '../code.ts';
import type { Verdict } from '../effect.ts';
import type { Call, Family } from '../rule.ts';
import { named, say } from '../verdicts.ts';

/** Programs without which nobody gets in, or everything with them ends. */
const needed =
  /^(sshd?|systemd(-\w+)?|init|launchd|dockerd|containerd(-shim)?|kubelet|dbus-daemon|networkd|NetworkManager|nerdy\S*)$/;

const ends = (call: Call): readonly Verdict[] => {
  // Signal 0 only asks whether the process is there.
  const signal = call.options
    .map((o) => (/^-(s|-signal)$/.test(o.name) ? `-${o.value?.value}` : o.name))
    .join('');
  if (signal === '-0') return [named.reads];
  if (call.options.length > 0 && call.options.every((o) => /^(-l|-L|--list|--table)$/.test(o.name)))
    return [named.reads];
  const targets = call.args.map((arg) => arg.value ?? '');
  const everything =
    call.name === 'kill'
      ? targets.some((text, i) => text === '1' || (text === '-1' && (i > 0 || targets.length === 1)))
      : call.name === 'killall5' ||
        call.operands.some((arg) => /^[.^$*+]*$/.test(arg.value ?? 'x') || needed.test(arg.value ?? '')) ||
        call.options.some(
          (o) =>
            /^(-u|-U|--euid|--uid|--user|-v|--inverse)$/.test(o.name) &&
            !/^(www-data|nobody)$/.test(o.value?.value ?? ''),
        );
  return [
    named.kills,
    ...(everything ? [say('stops', 'ends process 1, every process, or what the machine is reached by')] : []),
  ];
};

export const processes: Family = {
  rules: {
    ps: {
      is: 'reads',
      namesOnly: true,
      values: '-p -C -G -g -s -t -u -U -o -O -N --pid --ppid --user --group --sort --format -q -k',
      // Without a dash `e` shows the environment, and so does `-E` of macOS.
      check: (call) =>
        call.options.some((o) => o.name === '-E') ||
        call.operands.some((arg) => /^[a-zA-Z]*e[a-zA-Z]*$/.test(arg.value ?? ''))
          ? [say('secrets', 'shows the environment of programs')]
          : [],
    },
    'pgrep pidof pidstat pstree pmap free vmstat iostat mpstat slabtop tload pwdx lscpu lsmem lspci lsusb lsblk inxi numastat ipcs lsns lslocks lslogins iotop btop htop-batch nfsiostat tuned-adm-list acpi uptime smem cpuid x86info':
      { is: 'reads', namesOnly: true },
    lsof: {
      is: 'reads',
      namesOnly: true,
      values: '-a- -c -d -g -i- -o -p -r -s -S -T -u -x -D -F -k -m',
      // `-Db` and `-Du` write its own device cache, where they are told to.
      check: (call) =>
        call.options.some((o) => o.name === '-D' && !/^[?ir]/.test(o.value?.value ?? 'b'))
          ? [say('writes', 'writes a cache of devices')]
          : [],
    },
    blkid: {
      is: 'reads',
      namesOnly: true,
      values: '-c --cache-file -s -t -L -U -o -O -S -u -n -l-',
      flags: { '-g --garbage-collect': 'writes' },
      check: (call) =>
        call.options.some((o) => /^(-c|--cache-file)$/.test(o.name) && o.value?.value !== '/dev/null')
          ? [say('writes', 'writes a cache of devices')]
          : [],
    },
    'top htop': { is: 'reads' },
    'lshw dmidecode hwinfo nmon atop glances sensors': {
      is: 'reads',
      namesOnly: true,
      flags: {
        '-dump --dump-bin --dump -w -f -F -s --set --save-config --export --server --webserver': 'writes',
      },
      plain: '--short --type --string',
    },
    'sar sadf': { is: 'reads', values: '-o -f -s -e -P -n -I', flags: { '-o': 'writes' } },
    dmesg: {
      is: 'reads',
      values:
        '-s --buffer-size -l --level -n --console-level -f --facility -F --file --time-format --since --until',
      flags: {
        '-c --read-clear -C --clear': say('deletes', 'clears the kernel log'),
        '-D --console-off -E --console-on -n --console-level': 'services',
      },
    },
    sysctl: {
      is: 'reads',
      values: '-r --pattern',
      flags: { '-w --write -p --load -f --system': 'services' },
      check: (call) =>
        call.operands.some((arg) => arg.value?.includes('=') ?? arg.text.includes('='))
          ? [say('services', 'sets a kernel parameter')]
          : [],
    },
    'kill pkill killall killall5 skill snice xkill': {
      values: '-s --signal -u -U -g -G -P -t --euid --uid --pgroup --group --parent --terminal --user',
      noHelp: true,
      check: ends,
    },
    fuser: { is: 'reads', flags: { '-k --kill': 'kills' }, values: '-n --namespace' },
    renice: say('services', 'changes the priority of processes'),
    'bpftrace tcpdump tshark': {
      is: say('runsCode', 'looks into other programs and writes what it finds'),
      noHelp: true,
      flags: { '-z': say('undecidable', 'runs a command on what it wrote') },
      values: '-i -w -r -c -C -G -s -z -W -F -e',
      check: hiddenCommands,
    },
    'lsmod modinfo': 'reads',
    modprobe: {
      is: say('services', 'loads or removes a kernel module'),
      turns: { '-n --dry-run --show-depends -c': 'reads' },
      plain: '-v --verbose -D',
      flags: { '-r --remove': 'stops' },
    },
    'insmod rmmod depmod kexec': say('stops', 'changes the running kernel'),
    swapon: { is: 'services', turns: { '-s --summary --show': 'reads' } },
    'swapoff ipcrm': 'services',
    journalctl: {
      is: 'reads',
      values:
        '-n --lines -u --unit -b --boot -S --since -U --until -o --output -p --priority -t --identifier -g --grep -D --directory --file -M --machine -c --cursor --user-unit --facility',
      plain:
        '--system --show-cursor --version --verify --no-pager --follow --reverse --rotate- --disk-usage --header --list-boots --fields --field --root --image --quiet --merge --all --full --utc',
      flags: {
        '--vacuum-size --vacuum-time --vacuum-files': say('deletes', 'deletes old logs'),
        '--rotate --flush --sync --relinquish-var --smart-relinquish-var --setup-keys --update-catalog':
          'services',
        '--cursor-file': 'writes',
      },
    },
    ccze: 'reads',
    'multitail lnav': {
      is: 'reads',
      flags: { '-l -L -c -f -e -i -R -r -d': 'runsCode' },
    },
  },
  examples: {
    'read-only': [
      'ps aux',
      'free -m',
      'journalctl -u nginx --since today',
      'dmesg -T',
      'sysctl -a',
      'lsof -i :80',
      'top -bn1',
      'kill -l',
      'fuser 80/tcp',
    ],
    changes: [
      'kill -9 5',
      'pkill nginx',
      'journalctl --vacuum-time=1d',
      'dmesg -c',
      'dmesg -TC',
      'sysctl -w a=1',
      'sysctl a=1',
      'renice 5 -p 1',
      'fuser -k 80/tcp',
      'journalctl --vac=1G',
      'modprobe x',
    ],
    dangerous: ['kill -9 -1', 'kill 1', 'rmmod x'],
  },
};
