import { statfsSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { createDisks, localMounts, spaceOf } from '../../../agent/src/run/disks.ts';

const mounts = `proc /proc proc rw 0 0
/dev/sda1 / ext4 rw 0 0
/dev/sda1 /var/lib/docker/bind ext4 rw 0 0
/dev/sdb1 /mnt/with\\040blank xfs rw 0 0
nas:/export /mnt/nas nfs4 rw 0 0
tmpfs /run tmpfs rw 0 0
tank/data /tank zfs rw 0 0
`;

describe('the disks of a machine', () => {
  it('are local file systems, each device once, at its shortest path', () => {
    expect(localMounts(mounts)).toEqual(['/', '/mnt/with blank', '/tank']);
  });

  it('are sixteen at most', () => {
    const many = Array.from({ length: 40 }, (_, i) => `/dev/sd${i} /disk${i} ext4 rw 0 0`).join('\n');
    expect(localMounts(many)).toHaveLength(16);
  });

  it('are full when programs find them full: what is kept for root counts as neither used nor free', () => {
    const full = spaceOf({ blocks: 100, bfree: 5, bavail: 0, bsize: 10 });
    expect(full).toEqual({ usedBytes: 950, totalBytes: 950 });
  });

  it('are told by the call after the one that measured them', async () => {
    const disks = createDisks('darwin');
    expect(disks()).toEqual([]);
    const [root] = await vi.waitUntil(() => {
      const found = disks();
      return found.length > 0 ? found : null;
    });
    const { totalBytes } = spaceOf(statfsSync('/'));
    expect(root?.mount).toBe('/');
    expect((root?.totalBytes ?? 0) / totalBytes).toBeCloseTo(1, 2);
  });
});
