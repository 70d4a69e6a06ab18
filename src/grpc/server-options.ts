import type { ServerOptions } from '@grpc/grpc-js';
import { grpcMessageBytesMax } from '../core/limits.ts';

/** Of every gRPC server here. */
export const serverOptions: ServerOptions = {
  'grpc.max_receive_message_length': grpcMessageBytesMax,
  'grpc.max_send_message_length': grpcMessageBytesMax,
};
