import { createSecureContext } from 'node:tls';
import {
  type ChannelCredentials,
  type ChannelOptions,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import type { AgentFrame, GatewayFrame } from '../../../proto/agent-stream.ts';
import { grpcMessageBytesMax } from '../../../src/core/limits.ts';
import { gatewayTlsName } from '../../../src/core/tls-name.ts';
import { pemOf } from '../core/certificate.ts';
import { flowWindowBytes, keepaliveMs, keepaliveWaitMs, reconnectFirstMs } from '../core/limits.ts';

/** A gateway across a network: what it must be vouched for by, and who we are to it; nobody yet while joining. */
export interface TlsAddress {
  hostPort: string;
  /** X.509, DER. */
  ca: Buffer;
  /** PKCS #8 in PEM, and X.509 in DER. */
  client: { key: string; certificate: Buffer } | null;
}

/** A gateway on this machine: a Unix socket, or on Windows a local port together with a token. */
export type LocalAddress = { socket: string } | { hostPort: string; token: string };

export type GatewayAddress = LocalAddress | { tls: TlsAddress };

export type GatewayCall = ClientDuplexStream<AgentFrame, GatewayFrame>;

export interface GatewayChannel {
  /** Opens a stream. Its errors come as events of the call. */
  connect(): GatewayCall;
  close(): void;
}

const options: ChannelOptions = {
  'grpc.max_receive_message_length': grpcMessageBytesMax,
  'grpc.max_send_message_length': grpcMessageBytesMax,
  'grpc.keepalive_time_ms': keepaliveMs,
  'grpc.keepalive_timeout_ms': keepaliveWaitMs,
  'grpc.keepalive_permit_without_calls': 0,
  // The link has its own backoff; grpc-js would otherwise add its own of up to two minutes to it.
  'grpc.initial_reconnect_backoff_ms': reconnectFirstMs,
  'grpc.min_reconnect_backoff_ms': reconnectFirstMs,
  'grpc.max_reconnect_backoff_ms': reconnectFirstMs,
  'grpc.enable_retries': 0,
  // The first contact while joining knows no proxies, and a stream for weeks is nothing for one.
  'grpc.enable_http_proxy': 0,
  'grpc.use_local_subchannel_pool': 1,
  'grpc-node.flow_control_window': flowWindowBytes,
};

/** Every gateway has the one name in its certificate, whatever it is reached by. */
const tlsOptions: ChannelOptions = {
  ...options,
  'grpc.ssl_target_name_override': gatewayTlsName,
  'grpc.default_authority': gatewayTlsName,
};

const secure = ({ ca, client }: TlsAddress): ChannelCredentials =>
  credentials.createFromSecureContext(
    createSecureContext({
      ca: pemOf(ca),
      minVersion: 'TLSv1.3',
      ...(client ? { key: client.key, cert: pemOf(client.certificate) } : {}),
    }),
  );

/** A client of one service over TLS 1.3, which the caller closes. */
export const openTlsClient = (service: ServiceClientConstructor, address: TlsAddress) =>
  // Named, or a host such as `db:50051` would be read as a scheme.
  new service(`dns:${address.hostPort}`, secure(address), tlsOptions);

/** The one place where a channel for a stream is made. A socket and a local port stay on this machine, without TLS. */
export const openGatewayChannel = (
  service: ServiceClientConstructor,
  address: GatewayAddress,
): GatewayChannel => {
  const client =
    'tls' in address
      ? openTlsClient(service, address.tls)
      : new service(
          'socket' in address ? `unix:${address.socket}` : address.hostPort,
          credentials.createInsecure(),
          options,
        );
  const metadata = new Metadata();
  if ('token' in address) metadata.set('authorization', `Bearer ${address.token}`);
  return {
    connect() {
      const connect = client.Connect as unknown as (metadata: Metadata) => GatewayCall;
      return connect.call(client, metadata);
    },
    close: () => client.close(),
  };
};
