import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { WireDisk } from '../../../proto/agent-stream.ts';
import { disksMax } from '../core/limits.ts';

/** File systems that hold data on this machine itself; asking a dead network share would hang for minutes. */
const localTypes = new Set([
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'btrfs',
  'zfs',
  'f2fs',
  'jfs',
  'reiserfs',
  'vfat',
  'exfat',
]);

/** proc(5): a blank in a mount's path is written as an octal number. */
const pathOf = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/**
 * Where local disks are mounted, from the text of /proc/self/mounts: each device once, at its shortest path, so that
 * bind mounts and snapshots of containers don't repeat it.
 */
export const localMounts = (mounts: string): string[] => {
  const byDevice = new Map<string, string>();
  for (const line of mounts.split('\n')) {
    const [device, field, type] = line.split(' ');
    if (device === undefined || field === undefined || type === undefined || !localTypes.has(type)) continue;
    const path = pathOf(field);
    const known = byDevice.get(device);
    if (known === undefined || path.length < known.length) byDevice.set(device, path);
  }
  return [...byDevice.values()].sort().slice(0, disksMax);
};

const mountsOf = (platform: NodeJS.Platform): string[] => {
  if (platform === 'win32') return ['C:\\'];
  if (platform !== 'linux') return ['/'];
  try {
    return localMounts(readFileSync('/proc/self/mounts', 'utf8'));
  } catch {
    return ['/'];
  }
};

/**
 * Used, and all that programs can have, as df counts it (POSIX, "df"): blocks kept for root count as neither, so a disk
 * is full when programs find it full.
 */
export const spaceOf = (stat: { blocks: number; bfree: number; bavail: number; bsize: number }) => {
  const used = stat.blocks - stat.bfree;
  return { usedBytes: used * stat.bsize, totalBytes: (used + stat.bavail) * stat.bsize };
};

const measure = async (mount: string): Promise<WireDisk | null> => {
  try {
    const stat = await statfs(mount);
    return stat.blocks > 0 ? { mount, ...spaceOf(stat) } : null;
  } catch {
    // Unmounted meanwhile, or not ours to see.
    return null;
  }
};

/**
 * The machine's local disks as they were last measured. A measurement is begun by each call and read by the next: a
 * disk that hangs holds up neither the heartbeat nor the one after it.
 */
export const createDisks = (platform: NodeJS.Platform = process.platform): (() => WireDisk[]) => {
  let last: WireDisk[] = [];
  let measuring = false;
  return () => {
    if (!measuring) {
      measuring = true;
      void Promise.all(mountsOf(platform).map(measure)).then((disks) => {
        last = disks.filter((disk) => disk !== null);
        measuring = false;
      });
    }
    return last;
  };
};
