import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { downloadServer } from '../../src/http/download-server.ts';
import type { InstallFiles } from '../../src/http/install-files.ts';
import type { Log } from '../../src/ports/log.ts';

let server: Server;
const lines: { id: string; route: string; err: Error }[] = [];
const log = { error: (fields: (typeof lines)[0]) => lines.push(fields) } as unknown as Log;
const failed = () => Promise.reject(new Error('EIO: the disk is broken'));
beforeEach(async () => {
  lines.length = 0;
  const files = { script: failed, open: failed } as unknown as InstallFiles;
  server = await downloadServer(files, log);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});
const port = () => (server.address() as AddressInfo).port;
const get = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`http://127.0.0.1:${port()}${path}`, init);
  return {
    status: response.status,
    json: (await response.json()) as { error: { code: string; message: string } },
  };
};

it.each(['/install.sh', '/agent/nerdy-agent.cjs'])(
  'a fault at %s is in the log under the id that is told',
  async (path) => {
    const { status, json } = await get(path);
    expect([status, json.error.code]).toEqual([500, 'fault']);
    const [line] = lines;
    expect(line).toMatchObject({ route: path, err: { message: 'EIO: the disk is broken' } });
    expect(json.error.message).toContain(`under ${line?.id}.`);
  },
);

it.each(['/api/v1/agents', '/metrics', '/', '/agent/..%2f..%2fpackage.json'])(
  '%s is not there',
  async (path) => {
    expect(await get(path)).toMatchObject({ status: 404, json: { error: { code: 'no_download' } } });
  },
);

it('what can not be routed is told so, and no fault of ours', async () => {
  expect(await get('/%ZZ')).toMatchObject({ status: 400, json: { error: { code: 'input_invalid' } } });
  expect(lines).toEqual([]);
});

it('answers one request of a connection and no second', async () => {
  const socket = connect(port(), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2));
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  while (!said.includes('503')) await once(socket, 'data');
  expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404', 'HTTP/1.1 503']);
  socket.destroy();
});
