import { X509Certificate } from 'node:crypto';
import type { Instant } from '../core/task.ts';
import type { Fetcher } from './fetcher.ts';
import { certificateBytesMax, certificateChainMax, fetchMsMax } from './limits.ts';

export type ChainOutcome =
  | { kind: 'good'; until: Instant }
  | { kind: 'bad'; problem: string }
  /** A certificate on the way could not be fetched. */
  | { kind: 'unknown'; problem: string };

/** The certificates of a PEM file, the first one first. @throws where one can't be read. */
export const certificatesIn = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []).map(
    (one) => new X509Certificate(one),
  );

/**
 * Follows the first certificate to one of the roots. What is missing between is fetched where the certificate says its
 * issuer stands (RFC 5280 §4.2.2.1), from `issuerHosts` only: SNS publishes the signing certificate without its chain.
 */
export const checkChain = async (
  [leaf, ...others]: readonly X509Certificate[],
  parts: { roots: readonly X509Certificate[]; issuerHosts: RegExp; fetcher: Fetcher; now: Instant },
): Promise<ChainOutcome> => {
  if (!leaf) return { kind: 'bad', problem: 'there is no certificate in it' };
  if (leaf.ca)
    return { kind: 'bad', problem: 'the certificate is an authority, and authorities sign no messages' };
  let current = leaf;
  let until = Number.POSITIVE_INFINITY;
  for (let depth = 0; depth < certificateChainMax; depth++) {
    const [from, to] = [Date.parse(current.validFrom), Date.parse(current.validTo)];
    if (!(from <= parts.now && parts.now < to))
      return { kind: 'bad', problem: 'a certificate is not valid now' };
    until = Math.min(until, to);
    const root = parts.roots.find((one) => isIssuedBy(current, one));
    if (root) {
      return parts.now < Date.parse(root.validTo)
        ? { kind: 'good', until: Math.min(until, Date.parse(root.validTo)) }
        : { kind: 'bad', problem: 'the root of its chain is over' };
    }
    const beside = others.find((one) => one.ca && isIssuedBy(current, one));
    const next = beside ?? (await fetchIssuer(current, parts));
    if (typeof next === 'string') return { kind: 'unknown', problem: next };
    if (next === null || !next.ca || !isIssuedBy(current, next))
      return { kind: 'bad', problem: 'its chain ends at no authority that is trusted' };
    current = next;
  }
  return { kind: 'bad', problem: 'its chain is too long' };
};

const isIssuedBy = (one: X509Certificate, issuer: X509Certificate): boolean =>
  one.checkIssued(issuer) && one.verify(issuer.publicKey);

/** Null where the certificate names no place that is asked; a text says why the place could not be. */
const fetchIssuer = async (
  one: X509Certificate,
  { issuerHosts, fetcher }: { issuerHosts: RegExp; fetcher: Fetcher },
): Promise<X509Certificate | string | null> => {
  const place = /CA Issuers - URI:(\S+)/.exec(one.infoAccess ?? '')?.[1];
  if (!place || !URL.canParse(place)) return null;
  const { protocol, hostname } = new URL(place);
  if (!['http:', 'https:'].includes(protocol) || !issuerHosts.test(hostname)) return null;
  try {
    return new X509Certificate(await fetcher(place, { bytesMax: certificateBytesMax, msMax: fetchMsMax }));
  } catch (error) {
    return `${place} could not be read (${(error as Error).message})`;
  }
};
