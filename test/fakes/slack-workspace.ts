import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../src/ports/clock.ts';
import { SystemClock } from '../../src/system/system-clock.ts';
import { SlackAccess, type SlackCall } from './slack-workspace-access.ts';
import { type AssistantThread, assistantMethods } from './slack-workspace-assistant.ts';
import { SlackDelivery } from './slack-workspace-delivery.ts';
import { subscribe } from './slack-workspace-events.ts';
import { SlackFiles } from './slack-workspace-files.ts';
import { messageMethods } from './slack-workspace-messages.ts';
import type { SlackMethod } from './slack-workspace-methods.ts';
import { SlackPace, TooSoon } from './slack-workspace-pace.ts';
import { respond, SlackUser } from './slack-workspace-person.ts';
import { readMethods } from './slack-workspace-reads.ts';
import {
  botUser,
  type Json,
  type SlackMessage,
  SlackRecord,
  SlackRefusal,
} from './slack-workspace-record.ts';
import { argsOf, bytesOf, tokenOf } from './slack-workspace-requests.ts';
import { type BlockRules, SlackRules } from './slack-workspace-rules.ts';
import { SlackSockets } from './slack-workspace-sockets.ts';
import { SlackTriggers } from './slack-workspace-triggers.ts';
import { SlackViews, viewMethods } from './slack-workspace-views.ts';

export interface SlackWorkspaceOptions {
  /** What the app was granted, and what it is subscribed to, as its manifest says. */
  scopes: readonly string[];
  events: readonly string[];
  people?: readonly string[];
  /** Public channels, with everybody and the bot in them. */
  channels?: readonly string[];
  /** What is wrong with messages and views, beside what is looked at here. */
  blockRules?: BlockRules;
  clock?: Clock;
  /** How long one of Slack's seconds lasts, for rate limits, deadlines and redelivery; a second where not given. */
  paceSecondMs?: number;
  deadlineSecondMs?: number;
  retrySecondMs?: number;
}

const secondMs = 1_000;

/**
 * A Slack of one workspace with one app, over real sockets, as strict as the vendor's pages: whatever would be refused
 * there is refused here, by the same name. Started, then stopped; people act in it by `user`.
 */
export class SlackWorkspace {
  readonly record = new SlackRecord();
  readonly access: SlackAccess;
  readonly sockets: SlackSockets;
  readonly delivery: SlackDelivery;
  readonly views = new SlackViews();
  readonly calls: SlackCall[] = [];
  readonly assistantThreads = new Map<string, AssistantThread>();
  /** Where events go over HTTP; null for Socket Mode. */
  requestUrl: string | null = null;
  readonly #server: Server;
  readonly #methods: Readonly<Record<string, SlackMethod>>;
  readonly #pace: SlackPace;
  readonly #triggers: SlackTriggers;
  readonly #rules: SlackRules;
  readonly #files = new SlackFiles();
  readonly #clock: Clock;
  readonly #events: ReturnType<typeof subscribe>;
  /** Set by tests: answers before the method does, as a far end that is down, or with an error of Slack's own. */
  fault: ((method: string) => { status: number; error?: string } | null) | null = null;

  constructor(options: SlackWorkspaceOptions) {
    this.#clock = options.clock ?? new SystemClock();
    const deadlineSecondMs = options.deadlineSecondMs ?? secondMs;
    this.access = new SlackAccess(options.scopes);
    this.#pace = new SlackPace(this.#clock, options.paceSecondMs ?? secondMs);
    this.#triggers = new SlackTriggers(this.#clock, deadlineSecondMs);
    this.#rules = new SlackRules(options.blockRules ?? { message: () => [], view: () => [] });
    this.sockets = new SlackSockets(this.record);
    const { record, access, sockets } = this;
    this.delivery = new SlackDelivery({
      ...{ record, sockets, clock: this.#clock, signingSecret: access.signingSecret, deadlineSecondMs },
      requestUrl: () => this.requestUrl,
      retrySecondMs: options.retrySecondMs ?? secondMs,
    });
    const url = (): string => this.url;
    const parts = { record, access, pace: this.#pace, rules: this.#rules, triggers: this.#triggers, url };
    this.#methods = {
      ...messageMethods(parts),
      ...readMethods(parts),
      ...viewMethods(parts, this.views),
      ...this.#files.methods(parts),
      ...assistantMethods(parts, this.assistantThreads),
      'apps.connections.open': () => ({
        url: `${url().replace('http', 'ws')}/link?ticket=${sockets.makeTicket()}`,
      }),
    };
    for (const [i, name] of (options.people ?? []).entries())
      record.addPerson(`U0${i}${name.toUpperCase()}`, name);
    for (const name of options.channels ?? []) record.addChannel(name, 'public', [...record.people.keys()]);
    this.#events = subscribe({ record, access, delivery: this.delivery, events: new Set(options.events) });
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.on('upgrade', (request, stream, head) => sockets.upgrade(request, stream, head));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What SLACK_API_URL is set to. */
  get apiUrl(): string {
    return `${this.url}/api/`;
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.delivery.stop();
    this.sockets.stop();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** The person of that name. */
  user(name: string): SlackUser {
    const { record, delivery, views } = this;
    const parts = { record, delivery, views, triggers: this.#triggers, rules: this.#rules };
    const [url, { tell }] = [(): string => this.url, this.#events];
    return new SlackUser({ ...parts, url, tell }, record.personNamed(name));
  }

  addChannel(name: string, kind: 'public' | 'private' | 'mpim', people: readonly string[]): void {
    const members = people.map((person) => this.record.personNamed(person).id);
    this.record.addChannel(name, kind, [...members, botUser]);
  }

  addGroup(handle: string, people: readonly string[]): void {
    const id = this.record.makeId('S');
    this.record.groups.set(id, { id, handle, users: people.map((name) => this.record.personNamed(name).id) });
  }

  archive(channel: string): void {
    this.record.channelNamed(channel).isArchived = true;
  }

  removeBot(channel: string): void {
    this.record.channelNamed(channel).members.delete(botUser);
    this.record.changed();
  }

  /** Somebody writes /invite. */
  inviteBot(channel: string): void {
    this.joins(channel, botUser);
  }

  joins(channel: string, person: string): void {
    this.#events.joins(this.record.channelNamed(channel), this.record.personNamed(person).id);
  }

  /** Everybody's messages there, in order. */
  messages(channel: string): SlackMessage[] {
    return this.record.channelNamed(channel).messages.filter((m) => m.ephemeralTo === null);
  }

  until<T>(look: () => T | null | undefined): Promise<T> {
    return this.record.until(look);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind = '', name = ''] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
    const body = await bytesOf(request);
    const answer = (status: number, fields: Json, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
      response.end(JSON.stringify(fields));
      this.record.changed();
    };
    try {
      if (kind === 'api') return await this.#serveMethod(name, request, body, answer);
      if (kind === 'upload')
        return answer(this.#files.receive(name, await fileIn(request, body)) ? 200 : 400, {});
      if (kind === 'response') {
        respond(
          this.record,
          this.#triggers.takeResponse(name),
          JSON.parse(body.toString()) as Json,
          this.#rules,
        );
        return answer(200, { ok: true });
      }
      answer(404, { ok: false, error: 'not_found' });
    } catch (err) {
      const error = err instanceof Error ? err.message : String(err);
      answer(err instanceof SlackRefusal ? 404 : 500, { ok: false, error });
    }
  }

  async #serveMethod(
    method: string,
    request: IncomingMessage,
    body: Buffer,
    answer: (status: number, fields: Json, headers?: Record<string, string>) => void,
  ): Promise<void> {
    const args = argsOf(request, body);
    const call: SlackCall = { method, args, outcome: 'ok', at: this.#clock.now() };
    this.calls.push(call);
    const scopes = { 'x-oauth-scopes': [...this.access.scopes].join(','), 'x-accepted-oauth-scopes': '' };
    try {
      const fault = this.fault?.(method);
      if (fault) {
        const { status, error } = fault;
        call.outcome = error ?? String(status);
        return answer(status, error === undefined ? {} : { ok: false, error });
      }
      const terms = this.access.check(method, tokenOf(request, args));
      if (terms.tier !== null) this.#pace.takeCall(method, terms.tier);
      const run = this.#methods[method];
      if (!run) throw new SlackRefusal('unknown_method');
      answer(200, { ok: true, ...run(args) }, scopes);
    } catch (err) {
      if (err instanceof TooSoon) {
        call.outcome = 'ratelimited';
        const headers = { 'retry-after': String(err.retryAfterSeconds) };
        return answer(429, { ok: false, error: 'ratelimited' }, headers);
      }
      if (!(err instanceof SlackRefusal)) throw err;
      call.outcome = err.message;
      answer(200, { ok: false, error: err.message, ...err.fields }, scopes);
    }
  }
}

/** The bytes of an upload, which come bare or in a form. */
const fileIn = async (request: IncomingMessage, body: Buffer): Promise<Buffer> => {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return body;
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const [first] = [...form.values()];
  return first instanceof Blob ? Buffer.from(await first.arrayBuffer()) : Buffer.from(String(first));
};
