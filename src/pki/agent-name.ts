import { X509Certificate } from 'node:crypto';
import type { CertifiedAgent } from '../core/enrolment.ts';

/** What an agent's certificate has as its one alternative name: which server made it, for whom, and which time. */
export const writeAgentUri = (serverId: string, { agentId, generation }: CertifiedAgent): string =>
  `nerdyops://${serverId}/agents/${agentId}/${generation}`;

const uriPattern = /^URI:nerdyops:\/\/([A-Za-z0-9-]{1,64})\/agents\/([A-Za-z0-9-]{8,64})\/([1-9]\d{0,8}|0)$/;

/** @param der of a certificate whose chain was verified. @returns null where it is of no agent of this server. */
export const readAgentName = (der: Buffer, serverId: string): CertifiedAgent | null => {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(der);
  } catch {
    return null;
  }
  // Node writes all alternative names in one line: more than one doesn't fit the pattern, and so is no agent's.
  const [, server, agentId, generation] = uriPattern.exec(certificate.subjectAltName ?? '') ?? [];
  if (server !== serverId || agentId === undefined) return null;
  if (certificate.subject !== `CN=${agentId}` || certificate.ca) return null;
  return { agentId, generation: Number(generation) };
};
