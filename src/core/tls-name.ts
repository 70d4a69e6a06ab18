/**
 * The one name in every gateway's certificate. Agents trust their server's own authority and no other, so the name
 * proves nothing more; it frees addresses from meaning anything: an IP, a tunnel and a new DNS name all work.
 */
export const gatewayTlsName = 'gateway.nerdyops.internal';
