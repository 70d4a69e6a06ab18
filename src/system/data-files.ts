import { randomBytes } from 'node:crypto';

/** Names in the data directory that server and CLI must agree on. */

/** Whoever can read it may act over HTTP: the owner of the directory. */
export const tokenFileName = 'local-token';
/** The gateway's Unix socket. Short, since the whole path must fit into sun_path. */
export const socketName = 'gateway.sock';

/** What local agents show where there are no Unix sockets (Windows). */
export const agentTokenFileName = 'agent-token';

/** Who the server is: its id, its signing keys (see FileSigner), and its certificate authority (see FileAuthority). */
export const identityFileNames = {
  serverId: 'server-id',
  keys: 'signing-keys.json',
  authority: 'certificate-authority.json',
} as const;

/** A token with 256 random bits. */
export const randomToken = (): string => randomBytes(32).toString('base64url');
