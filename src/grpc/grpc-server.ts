import type { Http2Server } from 'node:http2';
import { Server, type ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import { grpcMessageBytesMax } from '../core/limits.ts';
import {
  callsAtOnceMax,
  flowWindowBytes,
  headerBytesMax,
  idleConnectionMs,
  keepaliveMs,
  keepaliveWaitMs,
  sessionMemoryMb,
} from './limits.ts';

/** Of every gRPC server here. Unanswered pings end a connection, so that a peer that is gone is noticed. */
const options: ServerOptions = {
  'grpc.max_receive_message_length': grpcMessageBytesMax,
  'grpc.max_send_message_length': grpcMessageBytesMax,
  'grpc.max_concurrent_streams': callsAtOnceMax,
  'grpc.max_connection_idle_ms': idleConnectionMs,
  'grpc.keepalive_time_ms': keepaliveMs,
  'grpc.keepalive_timeout_ms': keepaliveWaitMs,
  'grpc-node.max_session_memory': sessionMemoryMb,
};

/**
 * A gRPC server with our bounds. grpc-js makes its HTTP/2 servers by a method of its own and has no option for their
 * windows (1.14; its client has `grpc-node.flow_control_window`), so they are widened where that method gives them out. A
 * version without it would have HTTP/2's own windows: slower over long lines, not broken. A test holds on to it.
 */
export const grpcServer = (over: ServerOptions = {}): Server => {
  const server = new Server({ ...options, ...over });
  const inner = server as unknown as { createHttp2Server?: (credentials: ServerCredentials) => Http2Server };
  const make = inner.createHttp2Server?.bind(server);
  if (make) {
    inner.createHttp2Server = (credentials) => {
      const http2 = make(credentials);
      http2.on('session', (session) => {
        session.settings({ initialWindowSize: flowWindowBytes, maxHeaderListSize: headerBytesMax });
        // Of the session as a whole; the setting above is each stream's (RFC 9113, 6.9.2).
        session.setLocalWindowSize(flowWindowBytes);
      });
      return http2;
    };
  }
  return server;
};
