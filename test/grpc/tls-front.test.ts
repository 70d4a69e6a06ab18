import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { protocolVersion, type WireJoinReply, type WireRenewReply } from '../../proto/agent-stream.ts';
import { Gateway } from '../../src/grpc/gateway.ts';
import { protoText } from '../agent/fake-gateway.ts';
import { serverId } from '../flow/rig.ts';
import { anAuthority, aRequest } from '../pki/request.ts';
import { gatewayParts } from './gateway-rig.ts';
import { helloOf } from './test-agent.ts';
import { makeTlsRig, type Shown, type TlsRig } from './tls-rig.ts';

let rig: TlsRig;
beforeEach(async () => {
  rig = await makeTlsRig();
});
afterEach(() => rig.dispose());

const secret = Buffer.alloc(32, 7);
const joinRequest = async (over: object = {}) => {
  const { csr, keyPem } = await aRequest();
  const { facts } = helloOf('db1');
  const request = { inviteId: 'invite-1', secret, csr, name: 'db1', facts, protocolVersion, ...over };
  return { request, keyPem };
};

describe('a machine with a token', () => {
  it('joins, and what it got opens its stream', async () => {
    rig.identities.invites.set('invite-1', secret);
    const { request, keyPem } = await joinRequest();
    const reply = await rig.call<WireJoinReply>('enrolment', 'Join', request, null);
    expect(reply).toMatchObject({ agentId: 'agent-db1-id', name: 'db1', labels: { role: 'db' }, serverId });
    expect(reply.caCertificate).toEqual(rig.authority.certificate);
    expect(reply.signingKey).toEqual(rig.signer.publicKey);
    const agent = rig.connect({
      certificate: new X509Certificate(reply.certificate).toString(),
      key: keyPem,
    });
    const welcome = await agent.hello('king', {
      agentId: reply.agentId,
      localLabels: { role: 'king' },
    });
    expect(welcome).toMatchObject({ serverId, protocolVersion, agentVersion: '0.1.0' });
    expect(await rig.store.listAgents()).toMatchObject([
      { name: 'db1', labels: { role: 'db' }, online: true },
    ]);
  });

  it.each([
    ['another secret', { secret: Buffer.alloc(32) }, status.UNAUTHENTICATED],
    ['no facts', { facts: null }, status.INVALID_ARGUMENT],
    ['a version that is not spoken here', { protocolVersion: 0 }, status.FAILED_PRECONDITION],
    ['no request for a certificate', { csr: Buffer.alloc(0) }, status.INVALID_ARGUMENT],
  ])('but %s is refused', async (_, over, code) => {
    rig.identities.invites.set('invite-1', secret);
    const { request } = await joinRequest(over);
    await expect(rig.call('enrolment', 'Join', request, null)).rejects.toMatchObject({ code });
  });
});

describe('an agent with a certificate', () => {
  it('whose renewal the server has failed is told to try again, and the log says why', async () => {
    const shown = await rig.certificateFor(rig.identities.add('db1'));
    rig.identities.renew = () => Promise.reject(new Error('the disk is full'));
    const renewal = rig.call('gateway', 'Renew', { csr: Buffer.alloc(0) }, shown);
    await expect(renewal).rejects.toMatchObject({ code: status.UNAVAILABLE });
    expect(rig.lines.map((l) => l.message)).toContain('a renewal could not be handled');
  });

  it('gets the next one on the same port, and its stream goes on', async () => {
    const shown = await rig.certificateFor(rig.identities.add('db1'));
    const agent = rig.connect(shown);
    await agent.hello('db1');
    const { csr } = await aRequest();
    const reply = await rig.call<WireRenewReply>('gateway', 'Renew', { csr }, shown);
    expect(rig.authority.agentOf(reply.certificate)).toEqual({ agentId: 'agent-db1-id', generation: 1 });
    expect(reply.caCertificate).toEqual(rig.authority.certificate);
    expect(agent.hasEnded).toBe(false);
  });

  it('is cut off at once when it is removed, and is refused from then on', async () => {
    const shown = await rig.certificateFor(rig.identities.add('db1'));
    const agent = rig.connect(shown);
    await agent.hello('db1');
    rig.identities.remove('agent-db1-id');
    expect(await agent.status).toMatchObject({ code: status.UNAUTHENTICATED });
    const again = rig.connect(shown);
    again.send({ hello: helloOf('db1') });
    expect(await again.status).toMatchObject({ code: status.UNAUTHENTICATED });
    const { csr } = await aRequest();
    const renewal = rig.call('gateway', 'Renew', { csr }, shown);
    await expect(renewal).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
  });

  it("can't be another: the hello must name whom the certificate names", async () => {
    rig.identities.add('web1');
    const stolen = rig.connect(await rig.certificateFor(rig.identities.add('db1')));
    stolen.send({ hello: helloOf('web1') });
    expect(await stolen.status).toMatchObject({
      code: status.PERMISSION_DENIED,
      details: expect.stringContaining('names another agent than the certificate'),
    });
    expect(await rig.store.listAgents()).toEqual([]);
  });
});

describe('a stranger', () => {
  const refused = async (shown: Parameters<TlsRig['connect']>[0]) => {
    const agent = rig.connect(shown);
    agent.send({ hello: helloOf('db1') });
    const { code, details } = await agent.status;
    expect(code).toBe(status.UNAUTHENTICATED);
    const { csr } = await aRequest();
    const renewal = rig.call('gateway', 'Renew', { csr }, shown);
    await expect(renewal).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
    return details;
  };

  it('without a certificate is told how to get one', async () => {
    expect(await refused(null)).toContain('nerdy-agent join');
  });

  it('with a certificate that has ended is told when it did', async () => {
    const long = Date.now() - 30 * 24 * 3_600_000;
    const shown = await rig.certificateFor(rig.identities.add('db1'), long);
    expect(await refused(shown)).toMatch(/ended on 20\d\d-.*Join again/);
  });

  it('with a certificate of another authority is told so', async () => {
    const other = await anAuthority({ serverId, now: Date.now() });
    const shown = await rig.certificateFor(rig.identities.add('db1'), Date.now(), other);
    expect(await refused(shown)).toContain("not of this server's authority");
  });

  it("with the gateway's own certificate is nobody", async () => {
    const { chain, key } = await rig.authority.gatewayCredentials(Date.now());
    expect(await refused({ certificate: chain, key })).toContain('of none of its agents');
  });

  /** What `Renew` says on a connection that resumes the session of an earlier one. */
  const renewedResumed = async (shown: Shown | null) => {
    const at = { host: '127.0.0.1', port: rig.gateway.tlsPort ?? 0 };
    const own = shown ? { cert: shown.certificate, key: shown.key } : {};
    const options = { ...at, ...own, rejectUnauthorized: false, ALPNProtocols: ['h2'] };
    const first = connectTls(options);
    const [session] = (await once(first, 'session')) as [Buffer];
    first.destroy();
    const again = connectTls({ ...options, session });
    await once(again, 'secureConnect');
    expect(again.isSessionReused()).toBe(true);
    const client = connectHttp2('https://gateway', { createConnection: () => again });
    client.on('error', () => {});
    const headers = { ':method': 'POST', ':path': '/nerdyops.v1.Gateway/Renew', te: 'trailers' };
    const call = client.request({ ...headers, 'content-type': 'application/grpc' });
    // One message of no bytes: its length stands before it.
    call.end(Buffer.alloc(5));
    const [answer] = (await once(call, 'response')) as [Record<string, string>];
    client.destroy();
    return { code: Number(answer['grpc-status']), details: decodeURIComponent(answer['grpc-message'] ?? '') };
  };

  it('that resumes a session is still a stranger, whatever OpenSSL says', async () => {
    const db1 = rig.identities.add('db1');
    const other = await anAuthority({ serverId, now: Date.now() });
    const foreign = await rig.certificateFor(db1, Date.now(), other);
    const ended = await rig.certificateFor(db1, Date.now() - 30 * 24 * 3_600_000);
    for (const [shown, why] of [
      [null, /showed no certificate/],
      [foreign, /not of this server's authority/],
      [ended, /certificate ended/],
    ] as const) {
      const said = await renewedResumed(shown);
      expect(said).toMatchObject({ code: status.UNAUTHENTICATED, details: expect.stringMatching(why) });
    }
    // And an agent is still one: only its request is of no use.
    expect((await renewedResumed(await rig.certificateFor(db1))).code).toBe(status.INVALID_ARGUMENT);
  });
});

describe('a port that another program has', () => {
  const gatewayAt = (isOptional: boolean) => {
    const { authority, identities } = rig;
    const address = { host: '127.0.0.1', port: rig.gateway.tlsPort ?? 0 };
    return new Gateway({
      address: { kind: 'socket', path: join(rig.dataDir, 'second.sock') },
      protoText,
      parts: gatewayParts(rig, identities),
      tls: { address, isOptional, authority, identities, downloads: createServer() },
    });
  };

  it('stops the start where somebody asked for it', async () => {
    const gateway = gatewayAt(false);
    await expect(gateway.start()).rejects.toMatchObject({
      sentence: { code: 'port_in_use', text: expect.stringContaining('NERDY_GRPC_PORT') },
    });
    await gateway.stop();
  });

  it('is done without where nobody did, and it is said', async () => {
    const gateway = gatewayAt(true);
    await gateway.start();
    expect(gateway.tlsPort).toBeNull();
    expect(gateway.tlsProblem?.code).toBe('port_in_use');
    expect(rig.lines.map((l) => l.message)).toContainEqual(
      expect.stringMatching(/^no agents from other machines: /),
    );
    await gateway.stop();
  });
});
