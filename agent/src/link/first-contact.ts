import { isIP } from 'node:net';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { gatewayTlsName } from '../../../src/core/tls-name.ts';
import { fingerprintOf } from '../core/certificate.ts';
import { firstContactMs } from '../core/limits.ts';

export type FirstContact =
  | { kind: 'met'; ca: Buffer }
  /** Somebody answers, whose certificates don't lead to the authority that was named. */
  | { kind: 'stranger' }
  | { kind: 'unreachable'; reason: string };

/**
 * Looks for an authority's certificate in what a server shows, by its fingerprint. Nothing is sent but a TLS
 * handshake, and nothing is believed but the fingerprint: whoever has that certificate without its key fails at the
 * next connection, which is verified with it.
 *
 * @param hostPort `host:port` or `[v6]:port`.
 * @param fingerprint SHA-256 of the certificate in DER; hex.
 */
export const meetServer = (hostPort: string, fingerprint: string): Promise<FirstContact> => {
  const at = hostPort.lastIndexOf(':');
  const host = hostPort.slice(0, at).replace(/^\[|\]$/g, '');
  const port = Number(hostPort.slice(at + 1));
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      ...(isIP(host) === 6 ? { family: 6 } : {}),
      servername: gatewayTlsName,
      ALPNProtocols: ['h2'],
      minVersion: 'TLSv1.3',
      // Who it is isn't known yet: the fingerprint below says it.
      rejectUnauthorized: false,
      timeout: firstContactMs,
    });
    const end = (contact: FirstContact) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(contact);
    };
    const tooLate = () => end({ kind: 'unreachable', reason: 'it did not answer in time' });
    const timer = setTimeout(tooLate, firstContactMs);
    socket.once('timeout', tooLate);
    socket.once('error', (error) => end({ kind: 'unreachable', reason: error.message }));
    socket.once('close', () => end({ kind: 'unreachable', reason: 'it ended the connection' }));
    socket.once('secureConnect', () => {
      const ca = chainOf(socket.getPeerCertificate(true)).find((one) => fingerprintOf(one) === fingerprint);
      end(ca ? { kind: 'met', ca } : { kind: 'stranger' });
    });
  });
};

/** The certificates of a chain, DER; a root names itself as its issuer. */
const chainOf = (first: DetailedPeerCertificate): Buffer[] => {
  const chain: Buffer[] = [];
  const seen = new Set<DetailedPeerCertificate>();
  for (
    let one: DetailedPeerCertificate | undefined = first;
    one?.raw && !seen.has(one);
    one = one.issuerCertificate
  ) {
    seen.add(one);
    chain.push(one.raw);
  }
  return chain;
};
