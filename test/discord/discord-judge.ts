import type { FakeDiscord } from '../fakes/discord-server.ts';
import type { Call } from '../fakes/discord-shapes.ts';

type Verdict = ReturnType<FakeDiscord['judge']>;

/** New messages, and edits, of one channel within so long. Discord tells such limits in headers alone. */
const paceMs = 5_000;
const paceCalls = 5;

/** Refuses what a Discord that is busy or closed refuses: too many calls, and channels that we are not let in. */
export class DiscordJudge {
  /** Channels that we were removed from. */
  readonly closed = new Set<string>();
  /** Channels that we see and may not write in. */
  readonly mute = new Set<string>();
  readonly #discord: FakeDiscord;
  readonly #paces = new Map<string, { left: number; resetAt: number }>();

  constructor(discord: FakeDiscord) {
    this.#discord = discord;
    discord.judge = (call) => this.#judge(call);
  }

  /** The direct channel with one person. */
  directOf(user: string): string {
    return `6${user.slice(1)}`;
  }

  #judge(call: Call): Verdict {
    const [kind, id = '', sub] = call.path.split('/').slice(1);
    if (call.path === '/users/@me/channels') return this.#direct(call.body as { recipient_id: string });
    if (kind !== 'channels') return {};
    const place = this.#discord.parents.get(id) ?? id;
    if (this.closed.has(place)) return this.#refuse(403, 50_001, 'Missing Access');
    if (this.mute.has(place) && call.method !== 'GET')
      return this.#refuse(403, 50_013, 'Missing Permissions');
    if (sub !== 'messages' || call.method === 'GET' || call.path.endsWith('/threads')) return {};
    return this.#pace(`${call.method} ${id}`);
  }

  #direct({ recipient_id }: { recipient_id: string }): Verdict {
    const id = this.directOf(recipient_id);
    this.#discord.channels.set(id, 1);
    return { status: 200, body: { id, type: 1 } };
  }

  #refuse(status: number, code: number, message: string): Verdict {
    this.#discord.refusals.push(message);
    return { status, body: { code, message } };
  }

  #pace(bucket: string): Verdict {
    const now = performance.now();
    const known = this.#paces.get(bucket);
    const pace = known && known.resetAt > now ? known : { left: paceCalls, resetAt: now + paceMs };
    this.#paces.set(bucket, pace);
    const after = ((pace.resetAt - now) / 1_000).toFixed(3);
    const headers = {
      ...{ 'x-ratelimit-limit': String(paceCalls), 'x-ratelimit-reset-after': after },
      ...{ 'x-ratelimit-remaining': String(Math.max(0, pace.left - 1)) },
      'x-ratelimit-bucket': bucket.split(' ')[0] ?? '',
    };
    if (pace.left > 0) {
      pace.left -= 1;
      return { headers };
    }
    this.#discord.refusals.push('ratelimited');
    const body = { message: 'You are being rate limited.', retry_after: Number(after), global: false };
    return { status: 429, body, headers: { ...headers, 'retry-after': after } };
  }
}
