import type { FastifyReply, FastifyRequest } from 'fastify';
import { type SentenceCode, sentence } from '../core/sentences.ts';
import { sessionIdleMs } from './limits.ts';
import type { ConsoleSessions } from './session.ts';
import type { StoredSession } from './session-store.ts';

/** The header that every write carries beside the cookie. Another site can't set it without a preflight, which fails. */
export const writeTokenHeader = 'x-nerdy-write';

export type DenialCode = Extract<
  SentenceCode,
  'access_denied' | 'write_token_missing' | 'origin_denied' | 'link_used'
>;

/** Why a request is not carried out, thrown by the guards and turned into an answer by the plugin's error handler. */
export class ConsoleDenial extends Error {
  readonly code: DenialCode;
  readonly statusCode: number;
  constructor(code: DenialCode) {
    super(sentence(code, {}).text);
    this.name = 'ConsoleDenial';
    this.code = code;
    this.statusCode = code === 'access_denied' || code === 'link_used' ? 401 : 403;
  }
}

/**
 * Who may do what, request by request.
 *
 * - Every request: the Host header is one of ours. A page elsewhere that points its own name at this address (DNS
 *   rebinding) is another origin to the browser but the same machine to us; only its Host gives it away.
 * - Writes and the live stream: Origin, where there is one, is this very host, and Sec-Fetch-Site, where there is
 *   one, says `same-origin`. Programs that send neither need the cookie and the token like everybody else.
 * - Writes: the session's cookie and its write token. The cookie alone, which a browser sends by itself, is not enough.
 */
export class ConsoleGuard {
  readonly #sessions: ConsoleSessions;
  readonly #hosts: ReadonlySet<string>;

  constructor(sessions: ConsoleSessions, allowedHosts: readonly string[]) {
    this.#sessions = sessions;
    this.#hosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  }

  /** Throws `origin_denied` unless the Host header is this socket's own address by a local name, or a configured one. */
  host(request: FastifyRequest): void {
    const host = request.headers.host?.toLowerCase() ?? '';
    const port = portOf(request);
    const local = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
    // A name that was configured without a port is good behind a proxy and at this very socket.
    const configured = host.endsWith(`:${port}`) ? host.slice(0, -`:${port}`.length) : host;
    if (local.includes(host) || this.#hosts.has(host) || this.#hosts.has(configured)) return;
    throw new ConsoleDenial('origin_denied');
  }

  /** Throws `origin_denied` when the request was caused by another site. */
  sameOrigin(request: FastifyRequest): void {
    const { origin } = request.headers;
    const site = request.headers['sec-fetch-site'];
    if (origin !== undefined && hostOf(origin) !== request.headers.host?.toLowerCase()) {
      throw new ConsoleDenial('origin_denied');
    }
    if (site !== undefined && site !== 'same-origin') throw new ConsoleDenial('origin_denied');
  }

  /** The session of the request's cookie, or null. */
  session(request: FastifyRequest): StoredSession | null {
    const id = cookieOf(request.headers.cookie ?? '', cookieName(request));
    return id === null ? null : this.#sessions.find(id);
  }

  /** As `session`, but throws `access_denied` when there is none. */
  reader(request: FastifyRequest): StoredSession {
    const session = this.session(request);
    if (!session) throw new ConsoleDenial('access_denied');
    return session;
  }

  /** Throws unless the request may change something. */
  writer(request: FastifyRequest): StoredSession {
    this.sameOrigin(request);
    const session = this.reader(request);
    const token = request.headers[writeTokenHeader];
    if (typeof token !== 'string' || !this.#sessions.mayWrite(session, token)) {
      throw new ConsoleDenial('write_token_missing');
    }
    return session;
  }

  /** Gives the browser its session. Strict, so that no other site's link or form brings the cookie along. */
  setCookie(request: FastifyRequest, reply: FastifyReply, id: string): void {
    const secure = request.protocol === 'https' ? '; Secure' : '';
    const age = Math.floor(sessionIdleMs / 1000);
    reply.header(
      'set-cookie',
      `${cookieName(request)}=${id}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${age}${secure}`,
    );
  }
}

const portOf = (request: FastifyRequest): number => request.raw.socket.localPort ?? 0;

/** Cookies know no ports: two servers on one machine would overwrite each other's without this. */
const cookieName = (request: FastifyRequest): string => `nerdy-console-${portOf(request)}`;

const cookieOf = (header: string, name: string): string | null => {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
};

const hostOf = (origin: string): string | null => {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
};
