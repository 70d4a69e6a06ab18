/**
 * The token of an invitation, as both ends read it: where the gateway is, which certificate its chain must end in,
 * and the secret that is spent by joining. Whoever holds it can make one machine an agent, so it is shown once, and
 * redaction knows its prefix.
 */
export interface JoinToken {
  /** `host:port` or `[v6]:port` of the gateway's TLS port, as the machine is to reach it. */
  address: string;
  /** SHA-256 of the CA's certificate in DER; 64 hex digits. */
  caFingerprint: string;
  inviteId: string;
  /** 32 bytes. */
  secret: Buffer;
}

/** Begins every token: it says what it is wherever it is found, and secret scanners can look for it. */
export const joinTokenPrefix = 'nerdy-join_';
const version = 1;
const secretBytes = 32;
/** Longer is no token of ours; bounds what is decoded. */
const tokenCharsMax = 1_024;

/** `host:port` as tokens and install lines carry it: nothing in it means anything to a shell, a URL or curl. */
export const gatewayAddressPattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\]):[1-9]\d{0,4}$/;
const idPattern = /^[A-Za-z0-9-]{8,64}$/;

/** One word without characters that any shell or chat would change. */
export const writeJoinToken = ({ address, caFingerprint, inviteId, secret }: JoinToken): string => {
  const parts = [
    version,
    address,
    Buffer.from(caFingerprint, 'hex').toString('base64url'),
    inviteId,
    secret.toString('base64url'),
  ];
  return joinTokenPrefix + Buffer.from(JSON.stringify(parts), 'utf8').toString('base64url');
};

/** @returns null where the text is no whole token of this version: cut when it was copied, most often. */
export const readJoinToken = (text: string): JoinToken | null => {
  const trimmed = text.trim();
  if (!trimmed.startsWith(joinTokenPrefix) || trimmed.length > tokenCharsMax) return null;
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(trimmed.slice(joinTokenPrefix.length), 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (!Array.isArray(parts) || parts.length !== 5 || parts[0] !== version) return null;
  const [, address, ca, inviteId, secretText] = parts.map(String);
  if (address === undefined || ca === undefined || inviteId === undefined || secretText === undefined)
    return null;
  const caFingerprint = Buffer.from(ca, 'base64url').toString('hex');
  const secret = Buffer.from(secretText, 'base64url');
  const isWhole =
    gatewayAddressPattern.test(address) &&
    caFingerprint.length === 64 &&
    idPattern.test(inviteId) &&
    secret.length === secretBytes;
  return isWhole ? { address, caFingerprint, inviteId, secret } : null;
};
