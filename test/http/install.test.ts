import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installRoutes } from '../../src/http/install.ts';
import { type GatewayFacts, InstallFiles } from '../../src/http/install-files.ts';
import { agentDownloadsAtOnceMax, agentDownloadsOfOneMax } from '../../src/http/limits.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bundle = '#!/usr/bin/env node\nconsole.log("0.1.0");\n';
const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

let packageDir: string;
let app: FastifyInstance;
let files: InstallFiles;
let url: string;
let gateway: GatewayFacts | null;

beforeEach(async () => {
  packageDir = mkdtempSync(join(tmpdir(), 'nerdy-install-'));
  cpSync(join(root, 'install'), join(packageDir, 'install'), { recursive: true });
  mkdirSync(join(packageDir, 'agent/dist'), { recursive: true });
  writeFileSync(join(packageDir, 'agent/dist/nerdy-agent.cjs'), bundle);
  gateway = { address: '10.0.0.1:50051', spkiPin: 'YhKJKSzoTt2b5FP18fvpHo7fJYqQCjAa3HWY3tvRMwE=' };
  files = new InstallFiles({ packageDir, gateway: () => gateway });
  app = Fastify({ forceCloseConnections: true });
  await app.register(installRoutes({ files }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await app.close();
  rmSync(packageDir, { recursive: true, force: true });
});

/** What a Host header of somebody's own gets: `fetch` would not send one. */
const withHost = (path: string, host: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = httpRequest(`${url}${path}`, { headers: { host } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve(body));
    });
    asked.on('error', reject).end();
  });

describe('an install script', () => {
  it.each(['install.sh', 'install.ps1'])('%s knows the server, its key and the bundle', async (name) => {
    const response = await fetch(`${url}/${name}`);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(text).toContain("'10.0.0.1:50051'");
    expect(text).toContain(`'${gateway?.spkiPin}'`);
    expect(text).toContain(`'${sha256(bundle)}'`);
    expect(text).not.toMatch(/@[A-Z_]+@/);
  });

  it('holds the unit and the plist whole', async () => {
    const text = await (await fetch(`${url}/install.sh`)).text();
    expect(text).toContain('\nKillMode=process\n');
    expect(text).toContain('<key>AbandonProcessGroup</key>');
  });

  it('does not believe the Host header', async () => {
    expect(await withHost('/install.sh', 'evil.example:1')).not.toContain('evil.example');
  });

  it('for Windows begins with the mark of UTF-8, and its digest is of what is served', async () => {
    const bytes = Buffer.from(await (await fetch(`${url}/install.ps1`)).arrayBuffer());
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(await files.ps1Sha256()).toBe(sha256(bytes));
  });

  it('is not served while no machine can join, and a sentence says so', async () => {
    gateway = null;
    const response = await fetch(`${url}/install.sh`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { code: 'install_unready' } });
    expect(await files.ps1Sha256()).toBeNull();
  });

  it('can be asked about without being fetched', async () => {
    const response = await fetch(`${url}/install.sh`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(1_000);
  });
});

describe('the bundle', () => {
  const path = '/agent/nerdy-agent.cjs';

  it('is served as it is, with its length and a tag that is its digest', async () => {
    const response = await fetch(`${url}${path}`);
    expect(await response.text()).toBe(bundle);
    expect(response.headers.get('content-length')).toBe(String(bundle.length));
    expect(response.headers.get('etag')).toBe(`"${sha256(bundle)}"`);
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('is not sent again to whoever has it, nor to whoever only asks', async () => {
    const etag = `"${sha256(bundle)}"`;
    const again = await fetch(`${url}${path}`, { headers: { 'if-none-match': `"x", ${etag}` } });
    expect(again.status).toBe(304);
    const head = await fetch(`${url}${path}`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String(bundle.length));
    expect(await head.text()).toBe('');
  });

  it('that is built anew is served anew, script and all', async () => {
    await fetch(`${url}/install.sh`);
    const next = `${bundle}// another\n`;
    writeFileSync(join(packageDir, 'agent/dist/next'), next);
    renameSync(join(packageDir, 'agent/dist/next'), join(packageDir, 'agent/dist/nerdy-agent.cjs'));
    expect(await (await fetch(`${url}${path}`)).text()).toBe(next);
    expect(await (await fetch(`${url}/install.sh`)).text()).toContain(sha256(next));
  });

  it('is there for as many as ask after each other', async () => {
    for (let i = 0; i < agentDownloadsAtOnceMax * 2; i++) {
      const response = await fetch(`${url}${path}`);
      expect(response.status).toBe(200);
      await response.arrayBuffer();
    }
  });
});

describe('of the agent, more downloads than there is room for', () => {
  const path = '/agent/nerdy-agent.cjs';
  const request = `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const port = () => (app.server.address() as AddressInfo).port;
  const sockets: Socket[] = [];
  // More than every buffer on the way takes, so that a download which nobody reads goes on.
  beforeEach(() =>
    writeFileSync(join(packageDir, 'agent/dist/nerdy-agent.cjs'), Buffer.alloc(32 * 1024 * 1024)),
  );
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  /** The status of a download of which no more is read. All of 127.0.0.0/8 is this machine. */
  const asked = async (from: number, text = request): Promise<string> => {
    const socket = connect({ port: port(), host: '127.0.0.1', localAddress: `127.0.0.${from}` });
    sockets.push(socket.on('error', () => {}));
    socket.write(text);
    const [head] = (await once(socket, 'data')) as [Buffer];
    socket.pause();
    return head.toString('latin1').slice(9, 12);
  };

  it('are told to come again, also when all come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: agentDownloadsAtOnceMax + 8 }, (_, i) => asked(1 + (i % 4))),
    );
    expect(answers.filter((status) => status === '503')).toHaveLength(8);
  });

  it('of one address leave room for others', async () => {
    for (let i = 0; i < agentDownloadsOfOneMax; i++) expect(await asked(1)).toBe('200');
    expect(await asked(1)).toBe('503');
    expect(await asked(2)).toBe('200');
  });

  it('have room again when those before them went away, whatever these had asked for', async () => {
    for (let i = 0; i < agentDownloadsOfOneMax; i++) {
      await asked(1, request.repeat(2));
      const leaves = sockets.pop();
      leaves?.destroy();
      if (leaves) await once(leaves, 'close');
    }
    let status = await asked(1);
    // The server hears of the last one's end a little later than it itself.
    for (let tries = 0; status === '503' && tries < 100; tries++) status = await asked(1);
    expect(status).toBe('200');
  });
});

it('the program that brings its own Node is served where it was built', async () => {
  const path = '/agent/nerdy-agent-linux-x64';
  expect((await fetch(`${url}${path}`)).status).toBe(404);
  writeFileSync(join(packageDir, 'agent/dist/nerdy-agent-linux-x64'), 'ELF');
  writeFileSync(join(packageDir, 'agent/dist/nerdy-agent-linux-x64.of-bundle'), `${sha256(bundle)}\n`);
  const response = await fetch(`${url}${path}`);
  expect(await response.text()).toBe('ELF');
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  expect(await (await fetch(`${url}/install.sh`)).text()).toContain(sha256('ELF'));
  writeFileSync(join(packageDir, 'agent/dist/nerdy-agent.cjs'), `${bundle}// newer\n`);
  expect((await fetch(`${url}${path}`)).status, 'of an older bundle').toBe(404);
});

it.each([
  '/agent/',
  '/agent',
  '/agent/main.js',
  '/agent/../package.json',
  '/agent/%2e%2e/package.json',
  '/install',
])('nothing else is there: %s', async (path) => {
  expect((await fetch(`${url}${path}`)).status).toBe(404);
});
