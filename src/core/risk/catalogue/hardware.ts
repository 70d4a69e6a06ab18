import type { Family } from '../rule.ts';
import { say } from '../verdicts.ts';

/** The machine below its services: hardware, kernel, boot, storage over the network. */
export const hardware: Family = {
  rules: {
    'dircolors pinky fincore getopt irqtop isosize lsfd lsipc lsirq mcookie uuidgen uuidparse waitpid lsscsi sginfo turbostat pmstat dstat collectl vmcore-dmesg smbstatus testparm lpstat getpcaps':
      'reads',
    'blkzone blockdev chmem delpart partx resizepart fsfreeze raw ldattach pivot_root switch_root sulogin ctrlaltdel':
      say('stops', 'changes disks, memory or the root of the machine'),
    link: 'writes',
    'rfkill rtcwake setterm wdctl zramctl ipcmk uuidd': {
      is: 'services',
      sub: { list: 'reads' },
      turns: { '--output-all -m-': 'reads' },
    },
    bootctl: { is: 'services', sub: { '': 'reads', 'status list is-installed': 'reads', '*': 'services' } },
    'oomctl userdbctl': 'reads',
    'portablectl homectl': { is: 'services', sub: { '': 'reads', 'list inspect': 'reads', '*': 'services' } },
    'systemd-notify systemd-cat systemd-sysusers systemd-mount varlinkctl': 'services',
    'systemd-tmpfiles': { is: 'services', turns: { '--cat-config --tldr': 'reads' } },
    udevadm: { is: 'services', sub: { 'info monitor verify': 'reads', '*': 'services' } },
    'dbus-send gdbus': 'services',
    conntrack: {
      is: 'services',
      turns: { '-L --dump -C --count -S --stats': 'reads' },
      values: '-p --proto -s -d -o --output',
      flags: { '-F --flush': say('stops', 'drops what the firewall knows of connections') },
    },
    ipvsadm: { is: 'services', turns: { '-L -l --list': 'reads' }, plain: '-n --numeric --stats --rate' },
    'update-grub grub-install grub-mkconfig grub2-mkconfig update-initramfs mkinitcpio dracut': say(
      'overwrites',
      'changes what the machine boots',
    ),
    ldconfig: { is: 'writes', turns: { '-p --print-cache': 'reads' } },
    'update-ca-certificates update-ca-trust': 'writes',
    'anacron run-parts': { is: 'runsCode', turns: { '--test --list': 'reads' }, plain: '--regex' },
    showmount: { is: 'reads', plain: '-e -a -d' },
    'nfsstat rpcinfo': { is: 'reads', flags: { '-z -d': 'services' } },
    exportfs: { is: 'services', turns: { '-v': 'reads' }, plain: '-s' },
    'pcs crm': { is: 'services', sub: { '': 'reads', status: 'reads', '*': 'services' } },
    ceph: {
      is: 'remote',
      sub: { 'status health -s df version': 'reads', '*': 'remote' },
    },
    gluster: { is: 'services' },
    drbdadm: { is: 'services', sub: { 'status dump cstate dstate role': 'reads', '*': 'services' } },
    cpupower: { is: 'services', sub: { 'frequency-info idle-info info': 'reads', '*': 'services' } },
    'tuned-adm': { is: 'services', sub: { 'active list recommend verify': 'reads', '*': 'services' } },
    ipmitool: {
      is: 'remote',
      values: '-H -U -P -I -L -f',
      sub: { 'sdr sensor fru': 'reads', '*': 'remote' },
    },
    'nvidia-smi rocm-smi': {
      is: 'services',
      turns: {
        '-L --list-gpus -q --query --query-gpu --query-compute-apps --showtemp --showuse --showmeminfo':
          'reads',
      },
      values: '-i --id -d --display -l --loop --format',
      plain: '-x --xml-format',
      check: (call) =>
        call.args.length === 0
          ? []
          : call.options.some((o) => /^(-f|--filename)$/.test(o.name))
            ? [say('writes', 'writes a file')]
            : [],
    },
    upower: { is: 'reads', plain: '-i -e -d' },
    'sosreport sos abrt-cli sysdig trace-cmd crash': say('runsCode', 'collects from the whole machine'),
  },
  examples: {
    'read-only': [
      'conntrack -L',
      'ldconfig -p',
      'udevadm info /dev/sda',
      'bootctl status',
      'showmount -e nfs1',
      'uuidgen',
      'ipvsadm -Ln',
      'pcs status',
      'nvidia-smi -L',
    ],
    changes: [
      'udevadm trigger',
      'ldconfig',
      'tuned-adm profile x',
      'run-parts /etc/cron.daily',
      'conntrack -D -s 1.1.1.1',
      'gluster volume info',
    ],
    dangerous: ['update-grub', 'conntrack -F', 'pivot_root a b', 'fsfreeze -f /srv'],
  },
};
