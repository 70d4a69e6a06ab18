import { otherProtocolRetryMs, removedRetryMs, suspendedRetryMs, wrongKeyRetryMs } from './limits.ts';

/** Why trying again soon is of no use. */
export interface Refusal {
  kind: 'removed' | 'suspended' | 'other-protocol' | 'untrusted' | 'clock';
  /** For the person who reads this machine's log. */
  sentence: string;
  /** The longest wait before the next try; the shortest is half of it. */
  retryMs: number;
}

/** gRPC status codes, by their numbers on the wire (grpc/statuscodes). */
const grpcCode = {
  permissionDenied: 7,
  failedPrecondition: 9,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/**
 * What the end of a stream over TLS means; null where the next try may do. A removed identity keeps trying, seldom:
 * an agent that ended instead would be started again by its init system at once and for ever, its scripts would have
 * nobody who keeps their time limits, and a server whose database is put back would never see it again.
 *
 * @param code of gRPC. @param details the server's own words, or the library's.
 */
export const refusalOf = (code: number, details: string, server: string): Refusal | null => {
  if (code === grpcCode.unauthenticated)
    return { kind: 'removed', sentence: said(details, server), retryMs: removedRetryMs };
  if (code === grpcCode.permissionDenied)
    return { kind: 'suspended', sentence: said(details, server), retryMs: suspendedRetryMs };
  if (code === grpcCode.failedPrecondition)
    return { kind: 'other-protocol', sentence: said(details, server), retryMs: otherProtocolRetryMs };
  if (code !== grpcCode.unavailable) return null;
  // A certificate that doesn't chain to our authority, in OpenSSL's and Node's words; an alert is the far end's word on ours.
  if (/alert/i.test(details) || !/certificate|altnames|signature/i.test(details)) return null;
  if (/has expired|not yet valid/i.test(details)) {
    const sentence = `The certificate that ${server} shows is not good at this machine's time (${details}), so nothing was sent. Check this machine's clock first, then the server's.`;
    return { kind: 'clock', sentence, retryMs: wrongKeyRetryMs };
  }
  const sentence = `What answers at ${server} has no certificate of the server that this agent joined (${details}), so nothing was sent. Somebody may stand between, or the server was set up anew: then join again with a new invitation.`;
  return { kind: 'untrusted', sentence, retryMs: wrongKeyRetryMs };
};

const said = (details: string, server: string): string =>
  details === '' ? `The server at ${server} refuses this agent and doesn't say why.` : details;
