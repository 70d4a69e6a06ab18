import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Instant } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import {
  linkLifeMs,
  linksWaitingMax,
  secretBytes,
  sessionIdleMs,
  sessionsMax,
  sessionTouchMs,
} from './limits.ts';
import type { SessionStore, StoredSession } from './session-store.ts';

/** Makes the links that open the console. Whoever may call it can act as the person at this machine. */
export interface ConsoleLinks {
  /**
   * A fresh link: good once, for a few minutes. The secret is in the fragment, which browsers don't send, so that
   * no log, referrer or link preview has it.
   *
   * @param baseUrl the console's own address, without a slash at the end.
   */
  create(baseUrl: string): string;
}

export interface ConsoleSessionsOptions {
  clock: Clock;
  log: Log;
  store: SessionStore;
}

/** What a browser gets for a link: the cookie's value, and the token that its writes carry beside the cookie. */
export interface OpenedSession {
  id: string;
  writeToken: string;
}

/**
 * Links and the sessions that come of them.
 *
 * A link is waiting, then used or too old; a session is live until it was idle too long or is pushed out by newer
 * ones. All that is kept are SHA-256 hashes: the secrets have 256 random bits, so that a plain hash is enough.
 */
export class ConsoleSessions implements ConsoleLinks {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #store: SessionStore;
  #links: { hash: Buffer; until: Instant }[] = [];
  #sessions = new Map<string, StoredSession>();

  constructor(options: ConsoleSessionsOptions) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#store = options.store;
  }

  /** Reads the sessions of before the last restart. */
  async start(): Promise<void> {
    const kept = await this.#store.load();
    this.#sessions = new Map(kept.map((s) => [s.idHash, s]));
    this.#prune();
  }

  create(baseUrl: string): string {
    const secret = randomBytes(secretBytes).toString('base64url');
    this.#links.push({ hash: sha256(secret), until: this.#clock.now() + linkLifeMs });
    this.#links = this.#links.slice(-linksWaitingMax);
    return `${baseUrl}/#key=${secret}`;
  }

  /** Uses up the link with this secret. Null when there is no such link, it was used, or it is too old. */
  async open(secret: string): Promise<OpenedSession | null> {
    const given = sha256(secret);
    const now = this.#clock.now();
    let found = false;
    // Every waiting link is compared, each in constant time, so that the time taken says nothing.
    const rest = this.#links.filter((link) => {
      const same = timingSafeEqual(link.hash, given);
      if (same && now < link.until) found = true;
      return !same && now < link.until;
    });
    this.#links = rest;
    if (!found) return null;

    const opened = {
      id: randomBytes(secretBytes).toString('base64url'),
      writeToken: randomBytes(secretBytes).toString('base64url'),
    };
    const idHash = sha256(opened.id).toString('hex');
    const writeHash = sha256(opened.writeToken).toString('hex');
    this.#sessions.set(idHash, { idHash, writeHash, createdAt: now, usedAt: now });
    this.#prune();
    await this.#save();
    return opened;
  }

  /** The session of a cookie's value, null when there is none (any more). Counts as use. */
  find(id: string): StoredSession | null {
    const session = this.#sessions.get(sha256(id).toString('hex'));
    const now = this.#clock.now();
    if (!session || now - session.usedAt > sessionIdleMs) return null;
    if (now - session.usedAt > sessionTouchMs) {
      session.usedAt = now;
      void this.#save();
    }
    return session;
  }

  /** True when the token is the one that this session's writes carry. */
  mayWrite(session: StoredSession, writeToken: string): boolean {
    return timingSafeEqual(Buffer.from(session.writeHash, 'hex'), sha256(writeToken));
  }

  #prune(): void {
    const now = this.#clock.now();
    const live = [...this.#sessions.values()]
      .filter((s) => now - s.usedAt <= sessionIdleMs)
      .sort((a, b) => b.usedAt - a.usedAt)
      .slice(0, sessionsMax);
    this.#sessions = new Map(live.map((s) => [s.idHash, s]));
  }

  /** A session that can't be kept still works until the restart, which is better than none. */
  async #save(): Promise<void> {
    try {
      await this.#store.save([...this.#sessions.values()]);
    } catch (error) {
      this.#log.warn({ err: error }, 'console sessions could not be kept; they end with this process');
    }
  }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
