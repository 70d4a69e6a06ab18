import type { TLSSocket } from 'node:tls';
import {
  type Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import {
  loadServices,
  protocolVersion,
  protocolVersionMin,
  type WireJoinReply,
  type WireJoinRequest,
} from '../../proto/agent-stream.ts';
import { networkOf } from '../core/network-of.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { CertificateAuthority } from '../ports/certificate-authority.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Signer } from '../ports/signer.ts';
import type { AgentCall } from './agent-session.ts';
import type { Identities } from './doors.ts';
import { grpcServer } from './grpc-server.ts';
import { joinRate } from './limits.ts';
import { factsOf } from './machine-wire.ts';
import { SharedRate } from './shared-rate.ts';
import { StrangerLog } from './stranger-log.ts';

export interface OutsidersRoomParts {
  protoText: string;
  authority: CertificateAuthority;
  identities: Identities;
  signer: Signer;
  serverId: string;
  clock: Clock;
  log: Log;
}

/** What those find behind the TLS port who are no agent: the way to become one, and why they are none. */
export const outsidersRoom = (
  parts: OutsidersRoomParts,
): { server: Server; take: (socket: TLSSocket, why: Sentence) => void } => {
  const server = grpcServer();
  const services = loadServices(parts.protoText);
  /** Why each connection is no agent's, by its far end, as long as it lives. */
  const reasons = new Map<string, Sentence>();
  const strangers = new StrangerLog(parts);
  const joins = new SharedRate(parts.clock, joinRate);
  const refuse = (peer: string) => {
    const why = reasons.get(peer);
    strangers.note(peer, why?.code ?? 'no agent');
    return { code: status.UNAUTHENTICATED, details: why?.text ?? 'this connection is no agent' };
  };
  server.addService(services.gateway.service, {
    Connect: (call: AgentCall) => {
      call.emit('error', refuse(call.getPeer()));
    },
    Renew: (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<never>) =>
      callback(refuse(call.getPeer())),
  });
  server.addService(services.enrolment.service, {
    Join: (call: ServerUnaryCall<WireJoinRequest, WireJoinReply>, callback: sendUnaryData<WireJoinReply>) => {
      if (!joins.take(networkAt(call.getPeer()))) {
        callback({ code: status.RESOURCE_EXHAUSTED, details: sentence('gateway_busy', {}).text });
        return;
      }
      join(parts, call.request, call.getPeer()).then(
        (reply) => ('code' in reply ? callback(reply) : callback(null, reply)),
        (err: unknown) => {
          parts.log.error({ err, peer: call.getPeer() }, 'a join could not be handled');
          callback({ code: status.UNAVAILABLE, details: 'the server could not commit; try again' });
        },
      );
    },
  });
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const take = (socket: TLSSocket, why: Sentence): void => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    reasons.set(peer, why);
    socket.once('close', () => reasons.delete(peer));
    injector.injectConnection(socket);
  };
  return { server, take };
};

const networkAt = (peer: string): string => networkOf(peer.slice(0, peer.lastIndexOf(':')));

const join = async (
  { identities, authority, signer, serverId }: OutsidersRoomParts,
  request: WireJoinRequest,
  peer: string,
): Promise<WireJoinReply | { code: status; details: string }> => {
  if (request.protocolVersion < protocolVersionMin) {
    const details = `this server speaks protocol ${protocolVersionMin} to ${protocolVersion}; install its agent`;
    return { code: status.FAILED_PRECONDITION, details };
  }
  const facts = request.facts && factsOf(request.facts);
  if (!facts) return { code: status.INVALID_ARGUMENT, details: 'facts are missing or name no platform' };
  const { inviteId, secret, csr, name } = request;
  const joined = await identities.join({ inviteId, secret, csr, name, facts, peer });
  if (joined.kind === 'refused') {
    const code = joined.code === 'malformed' ? status.INVALID_ARGUMENT : status.UNAUTHENTICATED;
    return { code, details: joined.sentence.text };
  }
  return {
    agentId: joined.agentId,
    name: joined.name,
    labels: joined.labels,
    certificate: joined.certificate,
    caCertificate: authority.certificate,
    serverId,
    signingKey: signer.publicKey,
  };
};
