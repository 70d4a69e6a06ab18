import {
  type ChannelOptions,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import type { AgentFrame, GatewayFrame } from '../../../proto/agent-stream.ts';
import { grpcMessageBytesMax } from '../../../src/core/limits.ts';
import { flowWindowBytes, keepaliveMs, keepaliveWaitMs, reconnectFirstMs } from '../core/limits.ts';

/** Where the gateway is: a Unix socket, or on Windows a local port together with a token. */
export type GatewayAddress = { socket: string } | { hostPort: string; token: string };

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
  'grpc.use_local_subchannel_pool': 1,
  'grpc-node.flow_control_window': flowWindowBytes,
};

/** The one place where a channel to the gateway is made. Both kinds stay on this machine, so there is no TLS. */
export const openGatewayChannel = (
  service: ServiceClientConstructor,
  address: GatewayAddress,
): GatewayChannel => {
  const target = 'socket' in address ? `unix:${address.socket}` : address.hostPort;
  const client = new service(target, credentials.createInsecure(), options);
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
