import type { PinnedKeys } from './pinned-keys.ts';

/** What joining gave this machine, and renewing replaces in part. */
export interface Enrolment {
  /** Of the gateway, as the token said it. */
  address: string;
  /** As the server said when it was joined; both may have changed there since. */
  name: string;
  labels: Record<string, string>;
  /** PKCS #8, PEM. Made on this machine; never leaves it. */
  key: string;
  /** X.509, DER. */
  certificate: Buffer;
  /** X.509, DER: what the gateway's certificate must chain to. */
  ca: Buffer;
}

/** Who this agent is and whom it obeys. `enrolment` is null for one that connects by the local socket. */
export interface Identity {
  agentId: string;
  pinned: PinnedKeys;
  enrolment: Enrolment | null;
}

/** The file's form. Versions before key rotation knew no server id and no former keys, earlier ones no enrolment. */
interface IdentityForm {
  agentId: string;
  serverId: string | null;
  pinnedKey: string | null;
  formerKeys: { key: string; until: number }[];
  enrolment?: Omit<Enrolment, 'certificate' | 'ca'> & { certificate: string; ca: string };
}

/** All in one file: key, certificate and pin are replaced together or not at all. */
export const encodeIdentity = ({ agentId, pinned, enrolment }: Identity): string => {
  const form: IdentityForm = {
    agentId,
    serverId: pinned.serverId,
    pinnedKey: pinned.key,
    formerKeys: pinned.former,
  };
  if (enrolment) {
    const { certificate, ca } = enrolment;
    form.enrolment = {
      ...enrolment,
      certificate: certificate.toString('base64'),
      ca: ca.toString('base64'),
    };
  }
  return JSON.stringify(form);
};

/** @returns null for a damaged one: nobody may guess it. */
export const decodeIdentity = (text: string): Identity | null => {
  const form = formOf(text);
  if (typeof form?.agentId !== 'string') return null;
  const { agentId, serverId = null, pinnedKey = null, formerKeys = [], enrolment } = form;
  const pinned = { serverId, key: pinnedKey, former: formerKeys };
  if (!enrolment) return { agentId, pinned, enrolment: null };
  const { address, name, labels, key, certificate, ca } = enrolment;
  if (![address, name, key, certificate, ca].every((part) => typeof part === 'string')) return null;
  return {
    agentId,
    pinned,
    enrolment: {
      address,
      name,
      labels: labels ?? {},
      key,
      certificate: Buffer.from(certificate, 'base64'),
      ca: Buffer.from(ca, 'base64'),
    },
  };
};

const formOf = (text: string): Partial<IdentityForm> | null => {
  try {
    return JSON.parse(text) as Partial<IdentityForm> | null;
  } catch {
    return null;
  }
};
