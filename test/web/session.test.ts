import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { linkLifeMs, linksWaitingMax, sessionIdleMs, sessionsMax } from '../../src/web/limits.ts';
import { ConsoleSessions } from '../../src/web/session.ts';
import { fileSessionStore, memorySessionStore } from '../../src/web/session-store.ts';
import { FakeClock } from './fake-clock.ts';
import { memoryLog } from './harness.ts';
import { keyOf } from './sign-in.ts';

const folders: string[] = [];
const folder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), 'nerdy-web-'));
  folders.push(made);
  return made;
};
afterEach(async () => {
  for (const path of folders.splice(0)) await rm(path, { recursive: true });
});

const sessionsWith = (store = memorySessionStore(), clock = new FakeClock()) => {
  const log = memoryLog();
  return { clock, log, sessions: new ConsoleSessions({ clock, log, store }) };
};
const link = (sessions: ConsoleSessions): string => keyOf(sessions.create('http://127.0.0.1:5001'));

describe('a console link', () => {
  test('carries its secret in the fragment only, and each is another', () => {
    const { sessions } = sessionsWith();
    const made = new URL(sessions.create('http://127.0.0.1:5001'));
    expect(made.search).toBe('');
    expect(made.pathname).toBe('/');
    expect(keyOf(made.href)).toMatch(/^[\w-]{43}$/);
    expect(sessions.create('http://127.0.0.1:5001')).not.toBe(made.href);
  });

  test('opens one session and no second one', async () => {
    const { sessions } = sessionsWith();
    const key = link(sessions);
    expect(await sessions.open(key)).not.toBeNull();
    expect(await sessions.open(key)).toBeNull();
  });

  test('opens one session when it is used twice at once', async () => {
    const { sessions } = sessionsWith();
    const key = link(sessions);
    const both = await Promise.all([sessions.open(key), sessions.open(key)]);
    expect(both.filter((s) => s !== null)).toHaveLength(1);
  });

  test('is too old after its time, on the very millisecond', async () => {
    const { sessions, clock } = sessionsWith();
    const early = link(sessions);
    const late = link(sessions);
    await clock.step(linkLifeMs - 1);
    expect(await sessions.open(early)).not.toBeNull();
    await clock.step(1);
    expect(await sessions.open(late)).toBeNull();
  });

  test('is pushed out by too many newer ones', async () => {
    const { sessions } = sessionsWith();
    const first = link(sessions);
    for (let at = 0; at < linksWaitingMax; at += 1) link(sessions);
    expect(await sessions.open(first)).toBeNull();
  });

  test('of another secret opens nothing and leaves the waiting link alone', async () => {
    const { sessions } = sessionsWith();
    const key = link(sessions);
    expect(await sessions.open('')).toBeNull();
    expect(await sessions.open(`${key}x`)).toBeNull();
    expect(await sessions.open(key)).not.toBeNull();
  });
});

describe('a session', () => {
  const opened = async (sessions: ConsoleSessions) => {
    const made = await sessions.open(link(sessions));
    if (!made) throw new Error('no session');
    return made;
  };

  test('is found by its cookie, and writes only with its own token', async () => {
    const { sessions } = sessionsWith();
    const mine = await opened(sessions);
    const other = await opened(sessions);
    const session = sessions.find(mine.id);
    expect(session).not.toBeNull();
    if (!session) return;
    expect(sessions.mayWrite(session, mine.writeToken)).toBe(true);
    expect(sessions.mayWrite(session, other.writeToken)).toBe(false);
    expect(sessions.mayWrite(session, mine.id)).toBe(false);
    expect(sessions.mayWrite(session, '')).toBe(false);
    expect(sessions.find(mine.writeToken)).toBeNull();
  });

  test('is over when nobody used it for long, and lives on while it is used', async () => {
    const { sessions, clock } = sessionsWith();
    const used = await opened(sessions);
    const idle = await opened(sessions);
    await clock.step(sessionIdleMs - 1);
    expect(sessions.find(used.id)).not.toBeNull();
    await clock.step(2);
    expect(sessions.find(idle.id)).toBeNull();
    expect(sessions.find(used.id)).not.toBeNull();
  });

  test('the longest unused goes when there are too many', async () => {
    const { sessions, clock } = sessionsWith();
    const first = await opened(sessions);
    for (let at = 0; at < sessionsMax; at += 1) {
      await clock.step(1);
      await opened(sessions);
    }
    expect(sessions.find(first.id)).toBeNull();
  });

  test('outlives a restart, in a file that only this user may read and that holds no secret', async () => {
    const path = join(await folder(), 'sessions.json');
    const before = sessionsWith(fileSessionStore(path));
    const mine = await opened(before.sessions);

    const after = sessionsWith(fileSessionStore(path), before.clock);
    await after.sessions.start();
    expect(after.sessions.find(mine.id)).not.toBeNull();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain(mine.id);
    expect(text).not.toContain(mine.writeToken);
  });

  test('a file that was readable by others is closed to them at the next save', async () => {
    const path = join(await folder(), 'sessions.json');
    await writeFile(path, '[]', { mode: 0o644 });
    const { sessions } = sessionsWith(fileSessionStore(path));
    await opened(sessions);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('a broken file means no sessions, not a server that does not start', async () => {
    const path = join(await folder(), 'sessions.json');
    await writeFile(path, '{"idHash": ');
    expect(await fileSessionStore(path).load()).toEqual([]);
    await writeFile(path, '[{"idHash":"x"}]');
    expect(await fileSessionStore(path).load()).toEqual([]);
  });

  test('works on until the restart when it can not be kept, and the log says so', async () => {
    const { sessions, log } = sessionsWith(fileSessionStore(join(await folder(), 'gone', 'sessions.json')));
    const mine = await opened(sessions);
    expect(sessions.find(mine.id)).not.toBeNull();
    expect(log.entries.map((e) => e.level)).toContain('warn');
  });
});
