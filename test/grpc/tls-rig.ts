import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import {
  type ChannelCredentials,
  type ChannelOptions,
  credentials,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadServices } from '../../proto/agent-stream.ts';
import type { CertifiedAgent } from '../../src/core/enrolment.ts';
import { gatewayTlsName } from '../../src/core/tls-name.ts';
import { Gateway } from '../../src/grpc/gateway.ts';
import { protoText } from '../agent/fake-gateway.ts';
import { makeRig, serverId } from '../flow/rig.ts';
import { anAuthority, aRequest } from '../pki/request.ts';
import { FakeIdentities } from './fake-identities.ts';
import { gatewayParts } from './gateway-rig.ts';
import { TestAgent } from './test-agent.ts';

/** A certificate with its key, PEM, as an agent shows them. */
export interface Shown {
  certificate: string;
  key: string;
}

export type TlsRig = Awaited<ReturnType<typeof makeTlsRig>>;

/** The flow with a real gateway on a TLS port of this machine. Its clock begins with the machine's, by which TLS judges certificates. */
export const makeTlsRig = async () => {
  const rig = await makeRig();
  const { clock } = rig;
  clock.step(Date.now() - clock.now());
  const authority = await anAuthority({ serverId, now: clock.now() });
  const identities = new FakeIdentities(authority);
  const downloads = createServer((_, response) => response.end('a download\n'));
  const gateway = await rig.started(
    new Gateway({
      address: { kind: 'socket', path: join(rig.dataDir, 'gateway.sock') },
      protoText,
      parts: gatewayParts(rig, identities),
      tls: { address: { host: '127.0.0.1', port: 0 }, isOptional: false, authority, identities, downloads },
    }),
  );
  const target = `127.0.0.1:${gateway.tlsPort}`;
  const pem = (der: Buffer): string => new X509Certificate(der).toString();
  const channel = (shown: Shown | null): { credentials: ChannelCredentials; options: ChannelOptions } => ({
    credentials: credentials.createSsl(
      Buffer.from(pem(authority.certificate)),
      shown && Buffer.from(shown.key),
      shown && Buffer.from(shown.certificate),
    ),
    options: { 'grpc.ssl_target_name_override': gatewayTlsName, 'grpc.use_local_subchannel_pool': 1 },
  });
  /** A certificate for an agent, of this server's authority or another. */
  const certificateFor = async (
    certified: CertifiedAgent,
    at = Date.now(),
    by = authority,
  ): Promise<Shown> => {
    const { csr, keyPem } = await aRequest();
    const issued = await by.issue(csr, certified, at);
    if (issued.kind !== 'issued') throw new Error(issued.problem);
    return { certificate: pem(issued.certificate), key: keyPem };
  };
  const agents: TestAgent[] = [];
  /** A stream that has been opened and has said nothing. */
  const connect = (shown: Shown | null): TestAgent => {
    const agent = new TestAgent(target, true, null, channel(shown));
    agents.push(agent);
    return agent;
  };
  /** One unary call. */
  const call = <Reply>(
    service: 'gateway' | 'enrolment',
    method: string,
    request: object,
    shown: Shown | null,
  ) => {
    const Service: ServiceClientConstructor = loadServices(protoText)[service];
    const { credentials: with_, options } = channel(shown);
    const client = new Service(target, with_, options);
    type Unary = (request: object, done: (err: ServiceError | null, reply: Reply) => void) => void;
    return new Promise<Reply>((resolve, reject) => {
      (client[method] as unknown as Unary).call(client, request, (err, reply) => {
        client.close();
        if (err) reject(err);
        else resolve(reply);
      });
    });
  };
  const dispose = async (): Promise<void> => {
    for (const agent of agents) agent.cut();
    await rig.dispose();
  };
  return { ...rig, authority, identities, gateway, target, connect, call, certificateFor, dispose };
};
