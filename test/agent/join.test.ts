import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readIdentity } from '../../agent/src/run/identity-file.ts';
import { keyOfRequest, TestAuthority } from './test-authority.ts';
import { inviteId, makeTlsScene, secret } from './tls-gateway.ts';

const modeOf = (path: string): number => statSync(path).mode & 0o777;
describe('join', () => {
  test('makes this machine an agent: key, certificate, authority and pin are kept for this user alone', async () => {
    const scene = await makeTlsScene();
    const { text, exitCode } = await scene.join();
    expect(exitCode).toBe(0);
    expect(text).toMatch(/^Joined the server server-1 at 127\.0\.0\.1:\d+ as "db1" \(role=db\)\./);
    expect(scene.joins).toMatchObject([{ inviteId, secret, name: 'db1', protocolVersion: 2 }]);
    expect(scene.joins[0]?.facts?.hostname).not.toBe('');
    const identity = readIdentity(scene.dataDir);
    expect(identity).toMatchObject({
      agentId: 'agent-1',
      pinned: { serverId: 'server-1' },
      enrolment: { name: 'db1', labels: { role: 'db' }, ca: scene.authority.certificate },
    });
    expect(modeOf(scene.dataDir)).toBe(0o700);
    expect(modeOf(join(scene.dataDir, 'identity.json'))).toBe(0o600);
    expect(() => statSync(join(scene.dataDir, 'join-key.json'))).toThrow('ENOENT');
  });

  test('lets the agent run over mutual TLS, by the pinned key', async () => {
    const scene = await makeTlsScene();
    await scene.join();
    await scene.agent();
    expect(scene.gateway.hellos[0]).toMatchObject({ agentId: 'agent-1' });
    expect(scene.gateway.hellos[0]?.pinnedKeyId).not.toBe('');
    const run = await scene.gateway.send1('echo over the wire\n');
    await scene.gateway.finished(run);
    expect(scene.gateway.stdout(run)).toBe('over the wire\n');
  });

  test('of a token with another fingerprint stops before anything is sent', async () => {
    const scene = await makeTlsScene();
    const { text, exitCode } = await scene.join({ token: scene.token({ fingerprint: 'ab'.repeat(32) }) });
    expect(exitCode).toBe(3);
    expect(text).toContain('is not the server that made this token');
    expect(scene.joins).toEqual([]);
  });

  test('to a gateway that shows the right authority without being vouched for by it is refused', async () => {
    const other = await TestAuthority.make();
    // It has copied the certificate that the token names, which anybody can.
    const scene = await makeTlsScene(async (own) => {
      const { key, chain } = await other.gateway({ withAuthority: false });
      const copied = (await own.gateway()).chain.split('-----BEGIN').at(-1);
      return { key, chain: `${chain}-----BEGIN${copied}` };
    });
    expect(await scene.join()).toMatchObject({
      exitCode: 3,
      text: expect.stringContaining('is not the server that made this token'),
    });
    expect(scene.joins).toEqual([]);
    expect(readIdentity(scene.dataDir)).toBeNull();
  });

  test('to a gateway whose chain has no authority says that it is another server', async () => {
    const other = await TestAuthority.make('Another authority');
    const scene = await makeTlsScene(() => other.gateway({ withAuthority: false }));
    expect(await scene.join()).toMatchObject({
      exitCode: 3,
      text: expect.stringContaining('not the server'),
    });
    expect(scene.joins).toEqual([]);
  });

  test('shows the sentence of the server that refuses the token', async () => {
    const scene = await makeTlsScene();
    const details = 'This invitation was used already. Make a new one with `nerdy agents invite`.';
    scene.refuseJoin = () => ({ code: status.UNAUTHENTICATED, details });
    expect(await scene.join()).toEqual({ exitCode: 3, text: details });
    expect(readIdentity(scene.dataDir)).toBeNull();
  });

  test('whose answer was lost is repeated with the same key, which was on the disk before', async () => {
    const scene = await makeTlsScene();
    scene.refuseJoin = () => {
      expect(modeOf(join(scene.dataDir, 'join-key.json'))).toBe(0o600);
      return { code: status.UNAVAILABLE, details: 'the server went away' };
    };
    expect(await scene.join()).toMatchObject({ exitCode: 4 });
    scene.refuseJoin = () => null;
    expect(await scene.join()).toMatchObject({ exitCode: 0 });
    const [first, second] = scene.joins.map(({ csr }) => keyOfRequest(csr));
    expect(first).toBe(second);
  });

  test('whose answer has a certificate for another key changes nothing', async () => {
    const scene = await makeTlsScene();
    scene.onJoined = (reply) => Object.assign(reply, { certificate: scene.authority.certificate });
    const { text, exitCode } = await scene.join();
    expect(exitCode).toBe(1);
    expect(text).toContain('a certificate for another key');
    expect(readIdentity(scene.dataDir)).toBeNull();
  });

  test('of a machine that has joined says so, and joins anew when told to', async () => {
    const scene = await makeTlsScene();
    await scene.join();
    const before = readFileSync(join(scene.dataDir, 'identity.json'), 'utf8');
    expect(await scene.join()).toMatchObject({
      exitCode: 3,
      text: expect.stringMatching(/has joined already: the server server-1 .*--again/),
    });
    expect(readFileSync(join(scene.dataDir, 'identity.json'), 'utf8')).toBe(before);
    expect(await scene.join({ again: true })).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(scene.dataDir, 'identity.json'), 'utf8')).not.toBe(before);
  });

  test('waits for no running agent, and says what to do', async () => {
    const scene = await makeTlsScene();
    await scene.join();
    await scene.agent();
    expect(await scene.join({ again: true })).toMatchObject({
      exitCode: 3,
      text: expect.stringContaining('Stop it, join, then start it again'),
    });
  });

  test('as another agent puts aside what the former one had in its spool', async () => {
    const scene = await makeTlsScene();
    await scene.join();
    await (await scene.agent()).stop();
    scene.onJoined = (reply) => Object.assign(reply, { agentId: 'agent-2' });
    expect(await scene.join({ again: true })).toMatchObject({
      exitCode: 0,
      text: expect.stringContaining('spool-of-agent-1'),
    });
  });

  test.each([
    ['a cut token', (token: string) => token.slice(0, -9)],
    ['something else', () => 'hunter2'],
  ])('of %s says that it is not whole', async (_, spoil) => {
    const scene = await makeTlsScene();
    expect(await scene.join({ token: spoil(scene.token()) })).toMatchObject({
      exitCode: 2,
      text: expect.stringContaining('The token is not whole'),
    });
  });

  test('to a port where nobody listens says what to check', async () => {
    const scene = await makeTlsScene();
    scene.gateway.stop();
    expect(await scene.join()).toMatchObject({
      exitCode: 4,
      text: expect.stringMatching(/^No server can be reached at 127\.0\.0\.1:\d+ \(.*ECONNREFUSED/),
    });
  });

  test('to something that speaks no TLS says what to check', async () => {
    const scene = await makeTlsScene();
    const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void plain.close());
    const { port } = plain.address() as { port: number };
    const { exitCode } = await scene.join({ token: scene.token({ address: `127.0.0.1:${port}` }) });
    expect(exitCode).toBe(4);
  });
});
