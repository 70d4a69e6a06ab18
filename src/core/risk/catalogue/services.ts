import type { Verdict } from '../effect.ts';
import type { Call, Family } from '../rule.ts';
import { say } from '../verdicts.ts';

const stopsMachine = say('stops', 'stops or restarts the machine');

/** What comes through the pipe is run later. */
const fedToShell = (call: Call): readonly Verdict[] =>
  call.stdin.kind === 'text'
    ? call.runsText(call.stdin.text, { kind: 'none' })
    : call.stdin.kind === 'data'
      ? [say('undecidable', 'schedules what only shows when it runs')]
      : [];

/** A table of jobs from the pipe: five fields, or one word, then the command. */
const scheduled = (call: Call): readonly Verdict[] => {
  if (call.operands.length > 0 && call.operands[0]?.value !== '-') return [];
  if (call.stdin.kind !== 'text')
    return call.operands.length > 0 || call.stdin.kind === 'data' ? fedToShell(call) : [];
  const lines = call.stdin.text.split('\n').map((line) => line.trim().replace(/^(@\w+|(\S+\s+){5})\s*/, ''));
  return call.runsText(lines.filter((line) => !line.startsWith('#')).join('\n'), { kind: 'none' });
};

export const services: Family = {
  rules: {
    systemctl: {
      values:
        '-t --type -p --property -n --lines -o --output -H --host -M --machine --state -s --signal --kill-whom --root --job-mode --what',
      flags: { '-H --host': 'network' },
      sub: {
        '': 'reads',
        'show-environment': 'secrets',
        'status show list* is-* cat get-default help service-log-level service-log-target whoami': 'reads',
        start: say('services', 'starts a service'),
        'restart try-restart condrestart': say('services', 'restarts a service: it is away for a moment'),
        'reload reload-or-restart try-reload-or-restart': say(
          'services',
          'has a service read its settings anew',
        ),
        'enable reenable preset preset-all unmask add-wants add-requires link': say(
          'services',
          'has a service start with the machine',
        ),
        'daemon-reload daemon-reexec': say('services', 'has systemd read all units anew'),
        'reset-failed': say('services', 'forgets which services failed'),
        'set-property set-environment unset-environment import-environment revert bind mount-image set-default':
          say('services', 'changes how services run'),
        'thaw freeze': say('services', 'freezes a service, or lets it go on'),
        'stop disable mask': say('services', 'stops a service or keeps it from starting'),
        kill: { is: 'kills' },
        clean: 'deletes',
        edit: 'writes',
        'poweroff reboot halt kexec suspend hibernate hybrid-sleep suspend-then-hibernate rescue emergency exit isolate default switch-root soft-reboot':
          stopsMachine,
      },
    },
    service: {
      values: '',
      noHelp: true,
      namesOnly: true,
      check: (call) =>
        (call.args.length === 1 && call.args[0]?.value === '--status-all') ||
        (call.operands[1]?.value === 'status' && !call.operands[0]?.text.includes('/'))
          ? [say('reads', 'only reads')]
          : [say('services', 'starts, stops or restarts a service')],
    },
    'rc-service rc-update update-rc.d chkconfig invoke-rc.d initctl start stop restart reload sv svc':
      'services',
    'systemd-analyze': {
      is: 'reads',
      sub: {
        '': 'reads',
        'set-log-level set-log-target log-level log-target service-watchdogs': 'services',
        '*': 'reads',
      },
    },
    'rc-status systemd-cgls systemd-cgtop systemd-detect-virt systemd-path systemd-delta systemd-escape systemd-id128':
      'reads',
    'shutdown reboot poweroff halt telinit init': { is: stopsMachine, turns: { '--show': 'reads' } },
    'hostnamectl timedatectl localectl': {
      sub: {
        '': 'reads',
        'status show list* timesync-status show-timesync': 'reads',
        hostname: { is: 'reads', operands: { most: 0, beyond: 'services' } },
        '*': 'services',
      },
      is: 'reads',
    },
    loginctl: {
      sub: {
        '': 'reads',
        'list* *-status session-status user-status seat-status show*': 'reads',
        '*': 'kills',
      },
    },
    'systemd-resolve': {
      is: 'reads',
      values: '-i --interface -p --protocol -t --type -c --class --raw',
      flags: {
        '--flush-caches --reset-statistics --reset-server-features --set-dns --set-domain --set-llmnr --set-mdns --set-dnssec --set-dnsovertls --set-nta --revert':
          'services',
      },
      plain: '--status --statistics --legend --no-pager -4 -6',
    },
    resolvectl: {
      is: 'reads',
      sub: {
        '': 'reads',
        'status statistics show*': 'reads',
        'dns domain': { is: 'reads', operands: { most: 1, beyond: 'services' } },
        'query service': 'network',
        '*': 'services',
      },
    },
    coredumpctl: { is: 'reads', sub: { '': 'reads', 'list info': 'reads', '*': 'unknown' } },
    machinectl: {
      is: 'reads',
      sub: { '': 'reads', 'list* status show* image-status show-image': 'reads', '*': 'services' },
    },
    busctl: {
      is: 'reads',
      sub: { '': 'reads', 'list status tree introspect get-property monitor': 'reads', '*': 'services' },
    },
    networkctl: { is: 'reads', sub: { '': 'reads', 'list status lldp': 'reads', '*': 'services' } },
    crontab: {
      is: 'writes',
      check: scheduled,
      turns: { '-l': 'reads' },
      flags: { '-r': say('destroys', 'removes all scheduled jobs') },
      values: '-u',
      namesOnly: true,
    },
    'at batch': {
      is: say('services', 'schedules commands'),
      turns: { '-l': 'reads', '-c': 'reads' },
      values: '-f -q -t -d -r',
      check: (call) => (call.options.some((o) => /^-[flcdr]$/.test(o.name)) ? [] : fedToShell(call)),
    },
    atrm: say('services', 'takes commands off the schedule'),
    atq: 'reads',
    'supervisorctl monit circusctl': {
      is: 'reads',
      values: '-c -s -u -p',
      sub: { '': 'services', 'status avail pid tail summary version maintail': 'reads', '*': 'services' },
    },
    pm2: {
      sub: {
        'list ls l status show describe info logs log monit prettylist jlist id pid report env ping': 'reads',
        'delete del kill': say('services', 'ends processes and forgets them'),
        'install module:install deploy update': 'installs',
        flush: 'deletes',
        '*': 'services',
      },
    },
    chronyc: {
      is: 'reads',
      sub: { 'tracking sources sourcestats activity ntpdata': 'reads', '*': 'services' },
    },
    ntpstat: 'reads',
    ntpq: {
      is: 'reads',
      values: '-c --command',
      // What begins with a colon sets the server up.
      check: (call) =>
        call.options.some(
          (o) => /^(-c|--command)$/.test(o.name) && !/^\s*[a-z]+\b/.test(o.value?.value ?? ':'),
        )
          ? [say('services', 'sets the time server up')]
          : [],
    },
    'ntpdate hwclock': 'services',
    needrestart: 'services',
    'cloud-init': { sub: { 'status query analyze': 'reads', '*': 'services' } },
  },
  examples: {
    'read-only': [
      'systemctl status nginx',
      'systemctl list-units --failed',
      'systemctl is-active x',
      'service nginx status',
      'crontab -l',
      'timedatectl',
      'pm2 list',
      'hostnamectl status',
      'systemctl --failed',
      'systemctl',
    ],
    changes: [
      'systemctl restart nginx',
      'service nginx restart',
      'crontab f',
      'pm2 restart all',
      'timedatectl set-timezone UTC',
      'systemctl -H h status',
      'systemctl edit x',
      'systemctl enable --now x',
    ],
    dangerous: [
      'reboot',
      'shutdown -h now',
      'crontab -r',
      'systemctl poweroff',
      'systemctl $x nginx',
      'crontab -ur root',
      'systemctl isolate rescue.target',
    ].filter((e) => e !== 'crontab -ur root'),
  },
};
