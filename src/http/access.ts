import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tokenSurface } from '../core/policy/read-policy.ts';
import { identityOf, isLocalIdentity } from '../core/policy/roster.ts';
import { sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';

/** Who may come in, by the digest of what they show. */
export interface Door {
  /** The token in the data directory: its holder owns the keys, and is nobody's second person. */
  localToken: string;
  /** People by the SHA-256, in hex, of their own token. */
  personalTokens: ReadonlyMap<string, { key: string; name: string }>;
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/**
 * Who holds this token; null for nobody. It compares digests, so length and content leak nothing.
 *
 * @param userName what the local token's holder calls themselves, for showing only.
 */
export const actorBehind = (door: Door, token: string, userName: string | undefined): Actor | null => {
  // An empty token is a file that was emptied, not a door that was left open.
  if (token === '') return null;
  const given = digestOf(token);
  if (timingSafeEqual(given, digestOf(door.localToken))) return localActor(userName);
  const person = door.personalTokens.get(given.toString('hex'));
  return person ? { kind: 'person', surface: tokenSurface, id: person.key, name: person.name } : null;
};

/** Who holds the local token is the owner of the data directory; the name is what cards show. */
export const localActor = (name: string | undefined): Actor => ({
  kind: 'token',
  surface: tokenSurface,
  id: 'local',
  name: name && /^[\p{L}\p{N} ._@-]{1,64}$/u.test(name) ? name : 'the local user',
});

const actors = new WeakMap<FastifyRequest, Actor>();

/** Who sent a request that the door let in. */
export const actorOf = (request: FastifyRequest): Actor => {
  const actor = actors.get(request);
  if (!actor) throw new Error('the request came in by no door');
  return actor;
};

/** A hook that lets only holders of a token through. */
export const requireToken = (door: Door) => {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const name = request.headers['x-nerdy-user'];
    const actor = actorBehind(door, given, typeof name === 'string' ? name : undefined);
    if (actor) {
      actors.set(request, actor);
      return;
    }
    const { code, text } = sentence('access_denied', {});
    await reply
      .code(401)
      .header('www-authenticate', 'Bearer')
      .send({ error: { code, message: text } });
  };
};

/** A hook for what only the owner of the data directory may do: a console's link acts as the owner. */
export const requireLocal = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  const { surface, id } = actorOf(request);
  if (isLocalIdentity(identityOf({ surface, id }))) return;
  const { code, text } = sentence('local_only', {});
  await reply.code(403).send({ error: { code, message: text } });
};
