import { identityOf } from '../core/policy/roster.ts';
import type { Actor, Instant } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Groups } from '../ports/groups.ts';
import { rememberedMax, rolesLifeMs } from './limits.ts';

/** As much of Discord's user as we show. */
export interface DiscordUser {
  id: string;
  username: string;
  globalName: string | null;
}

/** Who it is. The id is what counts; the name may be anybody's. */
export const actorOf = ({ id, username, globalName }: DiscordUser, nickname: string | null): Actor => ({
  kind: 'person',
  surface: 'discord',
  id,
  name: nickname ?? globalName ?? username,
});

const identityPrefix = identityOf({ surface: 'discord', id: '' });
const groupPattern = /^discord-role:(\d{15,21})\/(\d{15,21})$/;

interface Snapshot {
  roles: ReadonlySet<string>;
  at: Instant;
}

/**
 * Whose roles are which, as far as the configuration names them. They come with each message and click, so an act in a
 * server is always judged by what is true at that moment. For all else (a click in a direct message, a yes that is
 * counted hours later) they are asked of Discord again: known ones before they grow too old, unknown ones when they
 * are first missed; until then nothing is known of them, which gives them nothing.
 */
export class People implements Groups {
  /** Roles that the configuration names, by guild. */
  readonly #named: ReadonlyMap<string, readonly string[]>;
  readonly #clock: Clock;
  readonly #ask: (guild: string, user: string) => Promise<readonly string[] | null>;
  /** By user, then guild; the user who was needed longest ago comes first and is forgotten first. */
  readonly #known = new Map<string, Map<string, Snapshot>>();
  readonly #asking = new Map<string, Promise<void>>();
  #endTicks: (() => void) | null = null;

  /** @param parts.ask the ids of a member's roles; null where Discord can't say, an empty list for no member. */
  constructor(parts: {
    groups: readonly string[];
    clock: Clock;
    ask: (guild: string, user: string) => Promise<readonly string[] | null>;
  }) {
    this.#clock = parts.clock;
    this.#ask = parts.ask;
    const named = new Map<string, string[]>();
    for (const group of parts.groups) {
      const [, guild, role] = groupPattern.exec(group) ?? [];
      if (guild && role) named.set(guild, [...(named.get(guild) ?? []), role]);
    }
    this.#named = named;
  }

  start(): void {
    if (this.#named.size === 0 || this.#endTicks) return;
    const tick = (): void => {
      for (const user of this.#known.keys()) void this.learn(user);
      this.#endTicks = this.#clock.after(rolesLifeMs / 3, tick);
    };
    this.#endTicks = this.#clock.after(rolesLifeMs / 3, tick);
  }

  stop(): void {
    this.#endTicks?.();
    this.#endTicks = null;
  }

  /** What a message or click told. */
  note(user: string, guild: string, roles: readonly string[]): void {
    const named = this.#named.get(guild);
    if (!named) return;
    const snapshots = this.#known.get(user) ?? new Map<string, Snapshot>();
    snapshots.set(guild, {
      roles: new Set(named.filter((role) => roles.includes(role))),
      at: this.#clock.now(),
    });
    this.#known.delete(user);
    this.#known.set(user, snapshots);
    const [oldest] = this.#known.keys();
    if (this.#known.size > rememberedMax && oldest !== undefined) this.#known.delete(oldest);
  }

  /** Asks Discord for what no message told; resolves when it is known, or can't be. */
  learn(user: string): Promise<void> {
    const asking =
      this.#asking.get(user) ??
      (async () => {
        for (const guild of this.#named.keys()) {
          const roles = await this.#ask(guild, user);
          if (roles) this.note(user, guild, roles);
        }
      })().finally(() => this.#asking.delete(user));
    this.#asking.set(user, asking);
    return asking;
  }

  groupsOf(identity: string): readonly string[] | null {
    if (this.#named.size === 0 || !identity.startsWith(identityPrefix)) return [];
    const user = identity.slice(identityPrefix.length);
    const snapshots = this.#known.get(user);
    if (!snapshots) void this.learn(user);
    const oldest = this.#clock.now() - rolesLifeMs;
    const fresh = [...(snapshots ?? [])].filter(([, { at }]) => at >= oldest);
    // Not "in none": what is signed stands while nobody can say (src/ports/groups.ts).
    if (fresh.length === 0) return null;
    return fresh.flatMap(([guild, { roles }]) => [...roles].map((role) => `discord-role:${guild}/${role}`));
  }
}
