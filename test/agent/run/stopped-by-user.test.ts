import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { usualSettings } from '../../../agent/src/core/settings.ts';
import { findRunUser, type RunUser } from '../../../agent/src/run/run-user.ts';
import { Workplaces } from '../../../agent/src/run/workplaces.ts';
import { makeTestDir } from '../start-agent.ts';

/** What a process that a script left behind can do to every process of its user. */
const stopped = 'kill -STOP $$';

describe('a process of the run user that is stopped by another', () => {
  beforeEach((context) => {
    const canDrop = process.platform === 'linux' && process.geteuid?.() === 0;
    if (!canDrop) context.skip('only root on Linux can make another user of a script');
  });

  test('does not hold up the agent where it asks who that user is', () => {
    const dir = makeTestDir();
    const setpriv = join(dir, 'setpriv');
    writeFileSync(setpriv, `#!/bin/sh\n${stopped}\n`);
    chmodSync(setpriv, 0o755);
    const found = findRunUser(
      { ...usualSettings, runAs: 'nobody', folder: join(dir, 'folder') },
      {
        ...{ platform: 'linux', ownUser: 'root', isRoot: true, guarded: [], probeMs: 50 },
        find: (name) => (name === 'setpriv' ? setpriv : null),
      },
    );
    expect(found).toMatch(/^scripts can't be run as nobody: .*ETIMEDOUT/);
  });

  test('does not hold up the agent where a directory is emptied, which is tried again later', async () => {
    const dir = makeTestDir();
    const script = join(dir, 'script');
    writeFileSync(script, '');
    const warnings: string[] = [];
    const log = { info: () => {}, warn: (_: object, text: string) => warnings.push(text), error: () => {} };
    const workplaces = new Workplaces(dir, log, 50);
    const user: RunUser = {
      ...{ name: 'nobody', uid: 65534, gid: 65534, home: '/', folder: dir, loophole: null },
      drop: ['/bin/sh', '-c', stopped, 'sh'],
    };
    const place = workplaces.make('run-1', user, { path: script, name: 'script' });
    writeFileSync(join(place, 'work', 'left'), '');
    await workplaces.remove('run-1');
    expect(existsSync(place)).toBe(true);
    expect(warnings).toEqual(['a working directory could not be taken away']);
    await workplaces.sweep({ ...user, drop: ['/usr/bin/env'] }, () => false);
    expect(existsSync(place)).toBe(false);
  });
});
