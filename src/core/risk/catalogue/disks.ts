import type { Call, Family } from '../rule.ts';
import { named, say } from '../verdicts.ts';

const formats = say('destroys', 'formats or repartitions a disk');
const mkfs = (call: Call) => {
  if (call.options.some((o) => /^(-n|-N|-V|--version|--help)$/.test(o.name)))
    return [say('unknown', 'may only show what it would make')];
  const wholeSystem = call.operands.some((arg) =>
    /^\/dev\/(sda|vda|xvda|hda|nvme0n1|mmcblk0)(p?\d+)?$/.test(arg.value ?? ''),
  );
  return [wholeSystem ? say('ruins', 'formats the disk that the system runs from') : formats];
};

export const disks: Family = {
  rules: {
    'mkfs mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat mkfs.fat mkfs.ntfs mkfs.f2fs mke2fs mkntfs mkdosfs newfs newfs_apfs':
      { check: mkfs, values: '-t -L -b -i -m -O -E -U -T', namesOnly: true },
    'mkswap wipefs sgdisk sfdisk cfdisk gdisk parted partprobe blkdiscard hdparm badblocks': {
      is: formats,
      turns: { '-l --list -V --version': 'reads' },
      plain: '-n --noheadings -J --json -o --output -s --script -m --machine',
    },
    fdisk: { is: formats, turns: { '-l --list -s --getsz -V -x': 'reads' } },
    mount: {
      values: '-t --types -O',
      // With a device or a place it mounts, labels or not.
      check: (call) => [
        call.operands.length === 0 &&
        call.options.every((o) => /^(-l|--show-labels|-V|--version|-t|--types|-v)$/.test(o.name))
          ? named.reads
          : say('services', 'mounts a file system'),
      ],
    },
    'umount fusermount losetup eject swaplabel tune2fs resize2fs xfs_growfs e2label growpart fstrim quotaon quotaoff':
      { is: say('services', 'changes what is mounted, or a file system'), turns: { '-a-': 'reads' } },
    'fsck e2fsck fsck.ext4 xfs_repair btrfsck': { is: 'destroys', turns: { '-n -N': 'reads' } },
    'pvs vgs lvs pvdisplay vgdisplay lvdisplay pvscan vgscan lvscan': {
      is: 'reads',
      values: '-o --options -S --select -O --sort --units --reportformat --config --commandprofile --profile',
      flags: {
        '--config --commandprofile --profile': say('unknown', 'changes settings, some of which write files'),
        '--cache -a --activate --mknodes': 'services',
      },
    },
    'dumpe2fs xfs_info quota repquota iostat-x multipath-x smartctl-x': 'reads',
    'pvcreate vgcreate lvcreate lvextend lvresize vgextend pvresize lvchange vgchange': 'services',
    'lvremove vgremove pvremove lvreduce vgreduce': say('destroys', 'removes a volume'),
    lvm: {
      sub: {
        'pvs vgs lvs pvdisplay vgdisplay lvdisplay version': 'reads',
        'lvremove vgremove pvremove lvreduce vgreduce': 'destroys',
        '*': 'services',
      },
    },
    mdadm: {
      is: 'services',
      turns: { '--detail -D --examine -E --query -Q --detail-platform': 'reads' },
      flags: { '--zero-superblock --stop -S': 'destroys' },
    },
    smartctl: { is: 'reads', flags: { '-t --test -s --smart -X --abort -o -S': 'services' } },
    nvme: {
      is: 'services',
      sub: { 'list smart-log id-ctrl id-ns error-log list-subsys': 'reads', 'format sanitize': 'destroys' },
    },
    zpool: {
      is: 'services',
      sub: {
        'list history get': 'reads',
        'status iostat': {
          is: 'reads',
          values: '-T',
          flags: { '-c': say('runsCode', 'runs a script for each disk') },
        },
        'destroy labelclear': 'destroys',
        '*': 'services',
      },
    },
    zfs: {
      is: 'services',
      sub: { 'list get diff': 'reads', 'destroy rollback': 'destroys', '*': 'services' },
    },
    btrfs: {
      is: 'services',
      sub: {
        'subvolume filesystem device': {
          is: 'services',
          sub: { 'list show df usage du stats': 'reads', delete: 'destroys' },
        },
      },
    },
    cryptsetup: {
      is: 'escalates',
      sub: { 'status isLuks luksDump': 'reads', 'luksFormat erase luksErase luksKillSlot': 'destroys' },
    },
    sync: 'nothing',
    multipath: { is: 'services', turns: { '-l -ll': 'reads' } },
  },
  examples: {
    'read-only': ['fdisk -l', 'smartctl -a /dev/sda', 'lvs', 'zpool status', 'mount -l'],
    changes: [
      'mount /dev/sdb1 /mnt',
      'umount /mnt',
      'smartctl -t short /dev/sda',
      'lvextend -L +1G v/l',
      'mkfs -n /dev/sdb',
    ],
    dangerous: [
      'mkfs.ext4 /dev/sdb1',
      'lvremove v/l',
      'wipefs -a /dev/sdb',
      'zfs destroy a/b',
      'parted /dev/sdb mklabel gpt',
    ],
    forbidden: ['mkfs.ext4 /dev/sda1', 'mkfs -t xfs /dev/nvme0n1p1'],
  },
};
