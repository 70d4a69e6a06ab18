import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import {
  ServerCredentials,
  type ServerErrorResponse,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import { type Agent, type AgentParts, createAgent } from '../../agent/src/agent.ts';
import type { JoinOptions } from '../../agent/src/config.ts';
import type { CommandReport } from '../../agent/src/core/exit-code.ts';
import { joinCommand } from '../../agent/src/join-command.ts';
import type {
  WireJoinReply,
  WireJoinRequest,
  WireRenewReply,
  WireRenewRequest,
} from '../../proto/agent-stream.ts';
import { writeJoinToken } from '../../src/core/join-token.ts';
import { FakeGateway, protoText, type Stream } from './fake-gateway.ts';
import { makeTestDir, thisMachine, wrapperText } from './start-agent.ts';
import { TestAuthority } from './test-authority.ts';

type Refused = { code: status; details: string };

export const inviteId = 'invite-0001';
export const secret = Buffer.alloc(32, 7);
const day = 86_400_000;

/** A gateway over TLS, with an authority and one invitation, and a place for an agent. */
export interface TlsScene {
  dir: string;
  dataDir: string;
  authority: TestAuthority;
  gateway: FakeGateway;
  joins: WireJoinRequest[];
  /** The certificate of each stream that came, and of each renewal. */
  shown: { serial: string; what: 'hello' | 'renew' }[];
  /** What the next certificates' life is. */
  life: () => { from: number; until: number };
  /** Asked before a join, a renewal or a stream is answered. */
  refuseJoin: (request: WireJoinRequest) => Refused | null;
  refuseRenew: () => Refused | null;
  refuseStream: () => Refused | null;
  /** Changes an answer before it is sent. */
  onJoined: (reply: WireJoinReply) => void;
  onRenewed: (reply: WireRenewReply) => void;
  token(more?: { fingerprint?: string; address?: string }): string;
  join(more?: Partial<JoinOptions>): Promise<CommandReport>;
  agent(more?: Partial<AgentParts>, isOpen?: boolean): Promise<Agent>;
}

const serialOf = (call: { getAuthContext(): { sslPeerCertificate?: { raw: Buffer } } }): string | null => {
  const { sslPeerCertificate } = call.getAuthContext();
  return sslPeerCertificate?.raw ? new X509Certificate(sslPeerCertificate.raw).serialNumber : null;
};

/** Asks for a client's certificate and lets one without it in, since who joins has none yet. */
const credentialsOf = (ca: Buffer, { key, chain }: { key: string; chain: string }): ServerCredentials => {
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(chain) };
  const credentials = ServerCredentials.createSsl(ca, [pair], true);
  const options = (credentials as unknown as { _getConstructorOptions(): object })._getConstructorOptions();
  Object.assign(options, { rejectUnauthorized: false, minVersion: 'TLSv1.3' });
  return credentials;
};

const answer = <R>(done: sendUnaryData<R>, made: Promise<R | Refused>): void => {
  made.then(
    (reply) =>
      (reply as Refused).code === undefined ? done(null, reply as R) : done(reply as ServerErrorResponse),
    (error: Error) => done({ code: status.INTERNAL, details: error.message }),
  );
};

export const makeTlsScene = async (
  shows: (authority: TestAuthority) => Promise<{ key: string; chain: string }> = (own) => own.gateway(),
): Promise<TlsScene> => {
  const dir = makeTestDir();
  const authority = await TestAuthority.make();
  const pem = new X509Certificate(authority.certificate).toString();
  const scene = {
    dir,
    dataDir: join(dir, 'data'),
    authority,
    joins: [],
    shown: [],
    life: () => ({ from: Date.now() - 1000, until: Date.now() + day }),
    refuseJoin: () => null,
    refuseRenew: () => null,
    refuseStream: () => null,
    onJoined: () => {},
    onRenewed: () => {},
  } as unknown as TlsScene;
  const issue = (csr: Buffer) => authority.agent(csr, 'agent-1', scene.life());
  scene.gateway = new FakeGateway(join(dir, 'gateway.sock'), {
    target: '127.0.0.1:0',
    credentials: credentialsOf(Buffer.from(pem), await shows(authority)),
    gateway: {
      Renew: (
        call: ServerUnaryCall<WireRenewRequest, WireRenewReply>,
        done: sendUnaryData<WireRenewReply>,
      ) => {
        scene.shown.push({ serial: serialOf(call) ?? 'none', what: 'renew' });
        const renew = async () => {
          const refused = scene.refuseRenew();
          if (refused) return refused;
          const certificate = await issue(call.request.csr);
          const reply: WireRenewReply = { certificate, caCertificate: authority.certificate };
          scene.onRenewed(reply);
          return reply;
        };
        answer(
          done,
          renew().finally(() => scene.gateway.nudge()),
        );
      },
    },
    enrolment: {
      Join: (call: ServerUnaryCall<WireJoinRequest, WireJoinReply>, done: sendUnaryData<WireJoinReply>) => {
        const { request } = call;
        scene.joins.push(request);
        const joined = async () => {
          const refused = scene.refuseJoin(request);
          if (refused) return refused;
          const reply: WireJoinReply = {
            agentId: 'agent-1',
            name: request.name,
            labels: { role: 'db' },
            certificate: await issue(request.csr),
            caCertificate: authority.certificate,
            serverId: 'server-1',
            signingKey: scene.gateway.keys.publicKey.export({ type: 'spki', format: 'der' }),
          };
          scene.onJoined(reply);
          return reply;
        };
        answer(done, joined());
      },
    },
    refuse: (stream: Stream) => {
      const serial = serialOf(stream);
      scene.shown.push({ serial: serial ?? 'none', what: 'hello' });
      if (serial === null) return { code: status.UNAUTHENTICATED, details: 'No certificate was shown.' };
      return scene.refuseStream();
    },
  });
  await scene.gateway.start();
  onTestFinished(() => scene.gateway.stop());
  return Object.assign(scene, actsOf(scene));
};

const actsOf = (scene: TlsScene): Pick<TlsScene, 'token' | 'join' | 'agent'> => ({
  token: ({ fingerprint, address } = {}) =>
    writeJoinToken({
      address: address ?? `127.0.0.1:${scene.gateway.port}`,
      caFingerprint: fingerprint ?? scene.authority.fingerprint,
      inviteId,
      secret,
    }),
  join: (more = {}) =>
    joinCommand(
      { token: scene.token(), dataDir: scene.dataDir, name: 'db1', again: false, ...more },
      {
        protoText,
        inspect: thisMachine,
        policy: { path: join(scene.dir, 'no-policy.yml'), mustExist: false },
      },
    ),
  async agent(more = {}, isOpen = true) {
    const { gateway, dataDir } = scene;
    const agent = createAgent({
      dataDir,
      address: null,
      name: 'db1',
      labels: {},
      machine: await thisMachine(),
      protoText,
      wrapperText,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      pollMs: 100,
      lostRecheckMs: 50,
      ...more,
    });
    onTestFinished(() => agent.stop());
    const before = gateway.heartbeats.length;
    await agent.start();
    if (isOpen) await gateway.until(() => gateway.heartbeats.length > before);
    return agent;
  },
});
