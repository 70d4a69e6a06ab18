import type { TLSSocket } from 'node:tls';
import {
  type Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { loadServices, type WireRenewReply, type WireRenewRequest } from '../../proto/agent-stream.ts';
import type { CertifiedAgent } from '../core/enrolment.ts';
import { sentence } from '../core/sentences.ts';
import type { CertificateAuthority } from '../ports/certificate-authority.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { AgentCall } from './agent-session.ts';
import type { Identities } from './doors.ts';
import { grpcServer } from './grpc-server.ts';
import { renewalRate } from './limits.ts';
import { refusalOfIdentity } from './receive-hello.ts';
import { SharedRate } from './shared-rate.ts';

export interface AgentsRoomParts {
  protoText: string;
  authority: CertificateAuthority;
  identities: Identities;
  clock: Clock;
  log: Log;
  onStream: (call: AgentCall, certified: CertifiedAgent) => void;
}

/** What an agent with a certificate finds behind the TLS port: its stream, and its next certificate. */
export const agentsRoom = (parts: AgentsRoomParts): { server: Server; take: (socket: TLSSocket) => void } => {
  const { authority, identities } = parts;
  const server = grpcServer();
  const renewals = new SharedRate(parts.clock, renewalRate);
  /** Of the connection, as TLS has verified it; null can't be, since no other socket is let in here. */
  const certifiedOf = (call: { getAuthContext(): { sslPeerCertificate?: { raw: Buffer } } }) => {
    const raw = call.getAuthContext().sslPeerCertificate?.raw;
    return raw ? authority.agentOf(raw) : null;
  };
  const nobody = {
    code: status.UNAUTHENTICATED,
    details: 'this connection shows no certificate of an agent',
  };
  server.addService(loadServices(parts.protoText).gateway.service, {
    Connect: (call: AgentCall) => {
      const certified = certifiedOf(call);
      if (certified) parts.onStream(call, certified);
      else call.emit('error', nobody);
    },
    Renew: (
      call: ServerUnaryCall<WireRenewRequest, WireRenewReply>,
      callback: sendUnaryData<WireRenewReply>,
    ) => {
      const certified = certifiedOf(call);
      if (!certified) {
        callback(nobody);
        return;
      }
      if (!renewals.take(certified.agentId)) {
        callback({ code: status.RESOURCE_EXHAUSTED, details: sentence('gateway_busy', {}).text });
        return;
      }
      identities.renew(certified, call.request.csr).then(
        (renewed) => {
          if (renewed.kind === 'renewed') {
            callback(null, { certificate: renewed.certificate, caCertificate: authority.certificate });
          } else if (renewed.code === 'malformed') {
            callback({ code: status.INVALID_ARGUMENT, details: renewed.sentence.text });
          } else callback(refusalOfIdentity(renewed));
        },
        (err: unknown) => {
          parts.log.error({ err, agent: certified.agentId }, 'a renewal could not be handled');
          callback({ code: status.UNAVAILABLE, details: 'the server could not commit; try again' });
        },
      );
    },
  });
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return { server, take: (socket) => injector.injectConnection(socket) };
};
