import type { ServiceClientConstructor, ServiceError } from '@grpc/grpc-js';
import type {
  WireJoinReply,
  WireJoinRequest,
  WireRenewReply,
  WireRenewRequest,
} from '../../../proto/agent-stream.ts';
import { joinCallMs, renewCallMs } from '../core/limits.ts';
import { openTlsClient, type TlsAddress } from './gateway-channel.ts';

/** The answer, or how the call ended: gRPC's status code, and the server's words or the library's. */
export type Called<T> = { kind: 'answered'; reply: T } | { kind: 'failed'; code: number; details: string };

/** One request on a channel of its own. */
const callOnce = <Q, R>(
  service: ServiceClientConstructor,
  method: string,
  address: TlsAddress,
  request: Q,
  withinMs: number,
): Promise<Called<R>> => {
  type Unary = (
    request: Q,
    options: { deadline: Date },
    done: (error: ServiceError | null, reply?: R) => void,
  ) => void;
  const client = openTlsClient(service, address);
  const call = client[method] as unknown as Unary;
  return new Promise<Called<R>>((resolve) => {
    call.call(client, request, { deadline: new Date(Date.now() + withinMs) }, (error, reply) => {
      if (error) resolve({ kind: 'failed', code: error.code, details: error.details });
      else resolve({ kind: 'answered', reply: reply as R });
    });
  }).finally(() => client.close());
};

/** Spends an invitation. */
export const callJoin = (
  enrolment: ServiceClientConstructor,
  address: TlsAddress,
  request: WireJoinRequest,
): Promise<Called<WireJoinReply>> => callOnce(enrolment, 'Join', address, request, joinCallMs);

/** Asks for a new certificate; the stream goes on beside it. */
export const callRenew = (
  gateway: ServiceClientConstructor,
  address: TlsAddress,
  request: WireRenewRequest,
): Promise<Called<WireRenewReply>> => callOnce(gateway, 'Renew', address, request, renewCallMs);
