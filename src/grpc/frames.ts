import type { GatewayItem } from '../../proto/agent-stream.ts';
import { frameItemsMax } from '../core/limits.ts';
import { frameBytesMax } from './limits.ts';

/** Bytes of an item without its envelope. Only orders and the welcome, which stands alone, are worth counting. */
const bytesOf = (item: GatewayItem): number =>
  'order' in item ? item.order.script.length + item.order.document.length + item.order.signature.length : 0;

/**
 * Cuts what is to be said into frames that the other end accepts, in order. Many orders with long scripts would
 * make one message larger than gRPC takes, and it would be as large again after each reconnect.
 */
export const framesOf = (items: readonly GatewayItem[]): GatewayItem[][] => {
  const frames: GatewayItem[][] = [];
  let frame: GatewayItem[] = [];
  let bytes = 0;
  for (const item of items) {
    const more = bytesOf(item);
    if (frame.length === frameItemsMax || (frame.length > 0 && bytes + more > frameBytesMax)) {
      frames.push(frame);
      frame = [];
      bytes = 0;
    }
    frame.push(item);
    bytes += more;
  }
  if (frame.length > 0) frames.push(frame);
  return frames;
};
