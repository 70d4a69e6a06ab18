import type { Family } from '../rule.ts';
import { say } from '../verdicts.ts';

const stopsMachine = say('stops', 'stops or restarts the machine');

export const services: Family = {
  rules: {
    systemctl: {
      values:
        '-t --type -p --property -n --lines -o --output -H --host -M --machine --state -s --signal --kill-whom --root --job-mode --what',
      flags: { '-H --host': 'network' },
      sub: {
        '': 'reads',
        'status show list* is-* cat get-default help show-environment service-log-level service-log-target whoami':
          'reads',
        'start restart reload try-restart reload-or-restart try-reload-or-restart condrestart daemon-reload daemon-reexec reset-failed enable reenable preset preset-all set-property set-environment unset-environment import-environment link revert add-wants add-requires bind mount-image unmask set-default thaw freeze':
          'services',
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
      flags: { '--status-all': 'reads' },
      turns: { '--status-all': 'reads' },
      noHelp: true,
      namesOnly: true,
      check: (call) =>
        call.operands[1]?.value === 'status'
          ? [say('reads', 'only reads')]
          : [say('services', 'changes what runs')],
    },
    'rc-service rc-update update-rc.d chkconfig invoke-rc.d initctl start stop restart reload sv svc':
      'services',
    'rc-status systemd-analyze systemd-cgls systemd-cgtop systemd-detect-virt systemd-path systemd-delta systemd-escape systemd-id128':
      'reads',
    'shutdown reboot poweroff halt telinit init': { is: stopsMachine, turns: { '--show': 'reads' } },
    'hostnamectl timedatectl localectl': {
      sub: {
        '': 'reads',
        'status show list* timesync-status show-timesync hostname': 'reads',
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
    'resolvectl systemd-resolve': {
      is: 'reads',
      sub: { '': 'reads', 'status query statistics dns domain show* service': 'network', '*': 'services' },
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
      turns: { '-l': 'reads' },
      flags: { '-r': say('destroys', 'removes all scheduled jobs') },
      values: '-u',
      namesOnly: true,
    },
    'at batch atrm': say('services', 'schedules commands, or takes them off the schedule'),
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
    'ntpq ntpstat': 'reads',
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
