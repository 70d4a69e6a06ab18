import { randomUUID } from 'node:crypto';
import type { Disk } from './disk.ts';
import { IdentityFile, readIdentity, writeIdentity } from './identity-file.ts';

/** The data directory doesn't fit how the agent was started; `message` is a sentence for the person who did. */
export class WrongIdentity extends Error {}

/**
 * Opens the identity that a starting agent has: as joining made it, or, for the local socket, as it is made here once.
 *
 * @param disk for a new identity. @param later for changes to come.
 * @throws WrongIdentity when the directory is of the other kind.
 */
export const openIdentity = async (
  dir: string,
  isLocal: boolean,
  disk: Disk,
  later: Disk,
): Promise<IdentityFile> => {
  let identity = readIdentity(dir);
  if (!isLocal && !identity?.enrolment) throw new WrongIdentity(notJoined(dir));
  if (isLocal && identity?.enrolment) throw new WrongIdentity(hasJoined(dir));
  if (identity === null) {
    identity = { agentId: randomUUID(), pinned: { serverId: null, key: null, former: [] }, enrolment: null };
    await writeIdentity(dir, identity, disk);
  }
  return new IdentityFile(dir, identity, later);
};

const notJoined = (dir: string): string =>
  `This machine has joined no server: ${dir} holds no identity. Run \`nerdy-agent join <token>\` with the token of an invitation (\`nerdy agents invite\` on the server), then start the agent again.`;

const hasJoined = (dir: string): string =>
  `${dir} belongs to an agent that has joined a server over the network, not to one of the local socket. Start it without --socket, or give --data another directory.`;
