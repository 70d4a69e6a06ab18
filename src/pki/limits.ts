const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Everything else hangs on the authority's certificate, and every agent keeps it: as long as anybody keeps a server. */
export const authorityMs = 25 * 365 * dayMs;
/** Of the gateway's certificate; it is made anew in time, with the same key. */
export const gatewayCertificateMs = 90 * dayMs;
/** The gateway's certificate is made anew when less of it is left: a server that is looked at once a month still has a good one. */
export const gatewayRenewBeforeMs = 30 * dayMs;
/** Of an agent's certificate, where no setting says otherwise: a machine may be off over a long weekend and still come back by itself. */
export const agentCertificateMs = 7 * dayMs;
/** The gateway's clock judges agents' certificates, and it may be set back a little between two starts. */
export const agentBackdateMs = 5 * 60_000;
/** Agents' clocks judge the gateway's and the authority's certificates; one that is a day behind can still connect and be told. */
export const gatewayBackdateMs = dayMs;
/** A request for a certificate holds one small key and one signature: about 250 bytes. Bounds what is parsed for strangers. */
export const requestBytesMax = 4_096;
/** Bits of chance in a serial number are this times eight; RFC 5280 allows 20 bytes, CAs must have 8 of chance. */
export const serialBytes = 16;
