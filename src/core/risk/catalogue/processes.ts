import type { Family } from '../rule.ts';
import { say } from '../verdicts.ts';

export const processes: Family = {
  rules: {
    'ps pgrep pidof pidstat pstree pmap free vmstat iostat mpstat slabtop lsof tload pwdx lscpu lsmem lspci lsusb lsblk lshw dmidecode hwinfo inxi numastat ipcs lsns lslocks lslogins nmon atop glances iotop btop htop-batch nfsiostat tuned-adm-list sensors acpi uptime blkid smem cpuid x86info':
      { is: 'reads', namesOnly: true },
    'top htop': { is: 'reads' },
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
      is: 'kills',
      turns: { '-l --list -L --table': 'reads' },
      noHelp: true,
      check: (call) =>
        call.args.some(
          (arg) => /^-?1$/.test(arg.value ?? '') && call.name === 'kill' && arg === call.args.at(-1),
        )
          ? [say('stops', 'ends process 1, or every process')]
          : [],
    },
    fuser: { is: 'reads', flags: { '-k --kill': 'kills' }, values: '-n --namespace' },
    renice: say('services', 'changes the priority of processes'),
    'perf bpftrace gdb tcpdump tshark': {
      is: say('runsCode', 'looks into other programs and writes what it finds'),
    },
    'lsmod modinfo': 'reads',
    modprobe: {
      is: say('services', 'loads or removes a kernel module'),
      turns: { '-n --dry-run --show-depends -c': 'reads' },
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
    'logname-tail multitail lnav ccze': 'reads',
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
