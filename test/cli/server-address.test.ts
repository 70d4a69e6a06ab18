import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tokenFileName } from '../../src/system/data-files.ts';
import { noteServerStopped, writeServerNote } from '../../src/system/server-file.ts';
import { type CliRig, makeCliRig, nerdy } from './nerdy.ts';

let rig: CliRig;
beforeEach(async () => {
  rig = await makeCliRig();
});
afterEach(() => rig.dispose());

/** A process id that nobody has any more. */
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;
const tasks = (env: Record<string, string>) => nerdy(['tasks'], { env });
const dataDir = () => ({ NERDY_DATA_DIR: rig.dataDir });

describe('the server of a data directory', () => {
  it('is found by the note that it left there: no port needs to be told', async () => {
    writeServerNote(rig.dataDir, { url: rig.url, pid: process.pid });
    expect(await tasks(dataDir())).toMatchObject({ code: 0, err: '' });
  });

  it('is not looked for by the note where a port is named', async () => {
    writeServerNote(rig.dataDir, { url: rig.url, pid: process.pid });
    expect(await tasks({ ...dataDir(), NERDY_HTTP_PORT: '1' })).toMatchObject({
      code: 3,
      err: expect.stringContaining(`but the server of this data directory is at ${rig.url}`),
    });
  });
});

describe('where it is not there, the sentence says what is wrong', () => {
  it('no server has run with this data directory', async () => {
    const empty = mkdtempSync(join(rig.dataDir, 'empty-'));
    expect(await tasks({ NERDY_DATA_DIR: empty })).toMatchObject({
      code: 3,
      err: expect.stringContaining(`No server has run with the data directory ${empty} yet.`),
    });
    rmSync(empty, { recursive: true });
  });

  it('it was killed', async () => {
    const pid = deadPid();
    writeServerNote(rig.dataDir, { url: 'http://127.0.0.1:1', pid });
    expect(await tasks(dataDir())).toMatchObject({
      code: 3,
      err: expect.stringContaining(`(process ${pid}) is not running any more`),
    });
  });

  it('it was stopped, and where it ran', async () => {
    writeServerNote(rig.dataDir, { url: 'http://127.0.0.1:1', pid: process.pid });
    noteServerStopped(rig.dataDir);
    expect(await tasks(dataDir())).toMatchObject({
      code: 3,
      err: expect.stringContaining('is not running: nothing answers at http://127.0.0.1:1.'),
    });
  });

  it('it lives and does not answer', async () => {
    writeServerNote(rig.dataDir, { url: 'http://127.0.0.1:1', pid: process.pid });
    expect(await tasks(dataDir())).toMatchObject({
      code: 3,
      err: expect.stringContaining('should answer at http://127.0.0.1:1 and does not'),
    });
  });

  it('it runs with another data directory, and refuses the token of this one', async () => {
    writeFileSync(join(rig.dataDir, tokenFileName), 'another');
    expect(await rig.nerdy(['tasks'])).toMatchObject({
      code: 3,
      err: expect.stringContaining(
        `refuses the token of ${rig.dataDir}: it runs with another data directory`,
      ),
    });
  });

  it('the token in NERDY_TOKEN is nobody’s there', async () => {
    const { code, err } = await rig.nerdy(['tasks'], { env: { NERDY_TOKEN: 'another' } });
    expect(code).toBe(3);
    expect(err).toContain("doesn't know the token in NERDY_TOKEN");
    expect(err).toContain('people.<you>.tokens');
    expect(err).not.toContain('data directory');
  });

  it.each([
    ['a page', 200, '<html>'],
    ['a page behind a login', 401, '<html>'],
    ['an error of its own', 404, '{"error":"Not Found"}'],
  ])('what answers is another program: %s', async (_name, status, body) => {
    const other = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const ended = await rig.nerdy(['--server', url, 'tasks']);
    other.close();
    expect(ended).toMatchObject({
      code: 3,
      err: expect.stringContaining(`What answers at ${url} is not NerdyOps.`),
    });
  });

  it('a note that holds nonsense is none', async () => {
    writeFileSync(join(rig.dataDir, 'server.json'), '{"url": 7}');
    expect((await tasks({ ...dataDir(), NERDY_HTTP_PORT: '1' })).err).toContain('is not running');
  });
});
