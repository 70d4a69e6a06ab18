import { type KeyObject, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { Instant } from '../core/task.ts';
import { certificatesIn, checkChain } from './certificate-chain.ts';
import type { Fetcher } from './fetcher.ts';
import {
  certificateBytesMax,
  certificateFetchesMax,
  certificateFetchWindowMs,
  certificateKeptMs,
  certificatesKeptMax,
  fetchMsMax,
} from './limits.ts';

export type SigningKey =
  | { kind: 'key'; key: KeyObject }
  | { kind: 'bad'; problem: string }
  | { kind: 'unknown'; problem: string };

/** SNS's own hosts, one in each region; https://docs.aws.amazon.com/general/latest/gr/sns.html */
export const snsHost = /^sns\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws\.com(\.cn)?$/;
/** For whom such a certificate is issued. */
const snsName = /^sns(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/;
/** Where Amazon's authorities publish their certificates; https://www.amazontrust.com/repository/ */
const issuerHosts = /^([a-z0-9-]+\.)+amazontrust\.com$/;

/**
 * The keys that SNS signs with, each believed once its certificate was fetched from SNS itself, is for SNS, and leads to a root
 * that browsers trust. Kept for a day; one that is being fetched is fetched once, however many messages wait for it.
 */
export class SnsCertificates {
  readonly #fetcher: Fetcher;
  readonly #now: () => Instant;
  #roots: readonly X509Certificate[] | null;
  readonly #kept = new Map<string, { until: Instant; found: Promise<SigningKey> }>();
  #fetches: Instant[] = [];

  /** @param parts.roots what is trusted; those of the system where it is not given. */
  constructor(parts: { fetcher: Fetcher; now: () => Instant; roots?: readonly X509Certificate[] }) {
    this.#fetcher = parts.fetcher;
    this.#now = parts.now;
    this.#roots = parts.roots ?? null;
  }

  async keyAt(url: string): Promise<SigningKey> {
    if (!isSigningUrl(url)) return { kind: 'bad', problem: 'its SigningCertURL is none of SNS' };
    const now = this.#now();
    const kept = this.#kept.get(url);
    if (kept && now < kept.until) return kept.found;
    this.#fetches = this.#fetches.filter((at) => now - at < certificateFetchWindowMs);
    if (this.#fetches.length >= certificateFetchesMax)
      return { kind: 'unknown', problem: 'too many certificates were fetched in the last minute' };
    this.#fetches.push(now);
    const entry = { until: now + certificateKeptMs, found: this.#fetch(url, now) };
    this.#keep(url, entry);
    const found = await entry.found;
    // What could not be told now may be told later.
    if (found.kind !== 'key' && this.#kept.get(url) === entry) this.#kept.delete(url);
    return found;
  }

  #keep(url: string, entry: { until: Instant; found: Promise<SigningKey> }): void {
    this.#kept.delete(url);
    this.#kept.set(url, entry);
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > certificatesKeptMax && oldest !== undefined) this.#kept.delete(oldest);
  }

  async #fetch(url: string, now: Instant): Promise<SigningKey> {
    let pem: string;
    try {
      pem = (await this.#fetcher(url, { bytesMax: certificateBytesMax, msMax: fetchMsMax })).toString(
        'latin1',
      );
    } catch (error) {
      return {
        kind: 'unknown',
        problem: `its certificate could not be fetched (${(error as Error).message})`,
      };
    }
    const certificates = readable(pem);
    const leaf = certificates[0];
    if (!leaf || !namesOf(leaf).some((name) => snsName.test(name)))
      return { kind: 'bad', problem: 'its certificate is not one of SNS' };
    this.#roots ??= rootCertificates.map((one) => new X509Certificate(one));
    const chain = await checkChain(certificates, {
      roots: this.#roots,
      issuerHosts,
      fetcher: this.#fetcher,
      now,
    });
    return chain.kind === 'good' ? { kind: 'key', key: leaf.publicKey } : chain;
  }
}

const isSigningUrl = (url: string): boolean => {
  if (!URL.canParse(url)) return false;
  const { protocol, host, pathname, search, username } = new URL(url);
  const isPem = /^\/SimpleNotificationService-[A-Za-z0-9]+\.pem$/.test(pathname);
  return protocol === 'https:' && snsHost.test(host) && isPem && search === '' && username === '';
};

const readable = (pem: string): X509Certificate[] => {
  try {
    return certificatesIn(pem);
  } catch {
    return [];
  }
};

const namesOf = ({ subject, subjectAltName }: X509Certificate): string[] => [
  ...(subject.match(/^CN=(.+)$/m)?.slice(1) ?? []),
  ...[...(subjectAltName ?? '').matchAll(/DNS:([^\s,]+)/g)].map((found) => found[1] ?? ''),
];
