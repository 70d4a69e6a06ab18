import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';

/** Who holds the local token is the owner of the data directory; the name is what cards show. */
export const localActor = (name: string | undefined): Actor => ({
  kind: 'token',
  surface: 'api',
  id: 'local',
  name: name && /^[\p{L}\p{N} ._@-]{1,64}$/u.test(name) ? name : 'the local user',
});

/** A hook that lets only holders of the token through; it compares digests, so length and content leak nothing. */
export const requireToken = (token: string) => {
  const wanted = createHash('sha256').update(token).digest();
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const isSame = timingSafeEqual(createHash('sha256').update(given).digest(), wanted);
    // An empty token is a file that was emptied, not a door that was left open.
    if (isSame && given !== '') return;
    const { code, text } = sentence('access_denied', {});
    await reply
      .code(401)
      .header('www-authenticate', 'Bearer')
      .send({ error: { code, message: text } });
  };
};
