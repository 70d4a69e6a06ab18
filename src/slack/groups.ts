import { z } from 'zod';
import type { Instant } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Groups } from '../ports/groups.ts';
import type { Log } from '../ports/log.ts';
import type { Service } from '../ports/service.ts';
import { groupsAgeMsMax, groupsEveryMs } from './limits.ts';
import type { SlackWeb } from './web.ts';

const shape = z.object({
  usergroups: z.array(
    z.object({
      id: z.string(),
      handle: z.string().optional(),
      date_delete: z.number().optional(),
      users: z.array(z.string()).optional(),
    }),
  ),
});

const prefix = 'slack-group:';

/**
 * Who is in which user group, as last heard. Looked at in intervals, and at once when Slack says that one has changed; a
 * snapshot that is too old tells nothing, since whoever was taken out may not act on it.
 */
export class SlackGroups implements Groups, Service {
  readonly name = 'slack-groups';
  readonly #web: SlackWeb;
  readonly #clock: Clock;
  readonly #log: Log;
  /** Ids that the configuration names; only those are kept. */
  readonly #wanted: ReadonlySet<string>;
  #byUser: ReadonlyMap<string, readonly string[]> = new Map();
  #at: Instant | null = null;
  #cancel: () => void = () => {};
  #looking: Promise<void> | null = null;
  #again = false;
  readonly #abort = new AbortController();

  constructor(parts: { web: SlackWeb; clock: Clock; log: Log; groups: readonly string[] }) {
    this.#web = parts.web;
    this.#clock = parts.clock;
    this.#log = parts.log;
    const ours = parts.groups.filter((group) => group.startsWith(prefix));
    this.#wanted = new Set(ours.map((group) => group.slice(prefix.length)));
  }

  groupsOf(identity: string): readonly string[] | null {
    if (this.#wanted.size === 0) return [];
    if (this.#at === null || this.#clock.now() - this.#at > groupsAgeMsMax) return null;
    return this.#byUser.get(identity) ?? [];
  }

  async start(): Promise<void> {
    if (this.#wanted.size > 0) await this.refresh();
  }

  async stop(): Promise<void> {
    this.#cancel();
    this.#abort.abort();
    await this.#looking;
  }

  /** Looks now; one that is called meanwhile makes for one more look. */
  refresh(): Promise<void> {
    if (this.#wanted.size === 0 || this.#abort.signal.aborted) return Promise.resolve();
    if (this.#looking) this.#again = true;
    this.#looking ??= this.#lookAgain().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #lookAgain(): Promise<void> {
    do {
      this.#again = false;
      await this.#look();
    } while (this.#again && !this.#abort.signal.aborted);
  }

  async #look(): Promise<void> {
    this.#cancel();
    let waitMs = groupsEveryMs;
    try {
      waitMs = (await this.#ask()) ?? groupsEveryMs;
    } catch (err) {
      // A fault of ours; the next look comes all the same.
      if (!this.#abort.signal.aborted)
        this.#log.error({ err, surface: 'slack' }, 'no look at the user groups');
    }
    if (this.#abort.signal.aborted) return;
    this.#cancel = this.#clock.after(waitMs, () => void this.refresh());
  }

  /** @returns how long Slack wants us to wait, null where it doesn't say. */
  async #ask(): Promise<number | null> {
    const args = { include_users: true, include_disabled: false };
    const called = await this.#web.call('usergroups.list', args, shape, this.#abort.signal);
    if (called.kind === 'ok') this.#keep(called.result.usergroups);
    else this.#tell(called.error, called.needed);
    return called.kind === 'failed' ? called.retryAfterMs : null;
  }

  #keep(groups: z.infer<typeof shape>['usergroups']): void {
    const byUser = new Map<string, string[]>();
    for (const { id, users = [], date_delete: deleted = 0 } of groups) {
      if (!this.#wanted.has(id) || deleted !== 0) continue;
      for (const user of users) {
        const identity = `slack:${user}`;
        byUser.set(identity, [...(byUser.get(identity) ?? []), `${prefix}${id}`]);
      }
    }
    const unknown = [...this.#wanted].filter((id) => !groups.some((group) => group.id === id));
    if (unknown.length > 0 && this.#at === null) {
      this.#log.warn(
        { surface: 'slack', unknown },
        'the configuration names user groups that Slack does not have',
      );
    }
    this.#byUser = byUser;
    this.#at = this.#clock.now();
  }

  #tell(error: string, needed: string | null): void {
    this.#log.warn(
      { surface: 'slack', error, needed },
      'the user groups of Slack can not be read; nobody is in one by them until they can',
    );
  }
}
