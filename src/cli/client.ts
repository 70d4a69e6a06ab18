import { userInfo } from 'node:os';
import type { Agent } from '../core/agent.ts';
import type { AuditEntry } from '../core/audit.ts';
import type { Card } from '../core/card.ts';
import type { ParkedMessage } from '../core/hook.ts';
import type { IncidentCard } from '../core/incident-card.ts';
import type { KeepWish } from '../core/keep.ts';
import { sentence } from '../core/sentences.ts';
import type { Watch } from '../core/watch.ts';
import type { KeyLine } from '../flow/keys.ts';
import type { RunbookLine, ShownRunbook } from '../flow/runbook-desk.ts';
import type { WatchForecast } from '../flow/watch-forecast.ts';
import type { JoinLines, ShownInvite } from '../http/agents.ts';
import type { ShownHook, TriedHook } from '../http/hook-admin.ts';
import { CliError, ExitCode, ServerDown } from './exit-code.ts';
import type { ServerAddress } from './server-address.ts';

/** The API from the other side: every refusal is a CliError with the server's own sentence. */
export class ApiClient {
  readonly #address: ServerAddress;

  constructor(address: ServerAddress) {
    this.#address = address;
  }

  /** @param thread the task that began the conversation, for a follow-up; null begins one. */
  async ask(request: string, on: string | null, key: string, thread: string | null = null): Promise<Card> {
    return (await this.#call<{ task: Card }>('POST', '/tasks', { request, on, thread }, key)).task;
  }

  /**
   * @param verb approve, reject, edit, choose, cancel, continue, stop or keep.
   * @param key the act's own id, for a caller that may have to send it twice.
   */
  async act(task: number, verb: string, body: object, key?: string): Promise<Card> {
    return (await this.#call<{ task: Card }>('POST', `/tasks/${task}/${verb}`, body, key)).task;
  }

  async card(task: number): Promise<Card> {
    return (await this.#call<{ task: Card }>('GET', `/tasks/${task}`)).task;
  }

  async cards(query: URLSearchParams): Promise<Card[]> {
    return (await this.#call<{ tasks: Card[] }>('GET', `/tasks?${query}`)).tasks;
  }

  /** Entries of the audit log, newest first. */
  async audit(query: URLSearchParams): Promise<AuditEntry[]> {
    return (await this.#call<{ entries: AuditEntry[] }>('GET', `/audit?${query}`)).entries;
  }

  async agents(): Promise<Agent[]> {
    return (await this.#call<{ agents: Agent[] }>('GET', '/agents')).agents;
  }

  /** @param body as `POST /agents/invites` takes it. */
  async invite(body: object): Promise<{ invite: ShownInvite; token: string; lines: JoinLines | null }> {
    return this.#call('POST', '/agents/invites', body);
  }

  async invites(): Promise<ShownInvite[]> {
    return (await this.#call<{ invites: ShownInvite[] }>('GET', '/agents/invites')).invites;
  }

  async withdraw(invite: string): Promise<ShownInvite> {
    const path = `/agents/invites/${encodeURIComponent(invite)}`;
    return (await this.#call<{ invite: ShownInvite }>('DELETE', path)).invite;
  }

  async removeAgent(name: string): Promise<Agent> {
    return (await this.#call<{ agent: Agent }>('DELETE', `/agents/${encodeURIComponent(name)}`)).agent;
  }

  /** @param verb suspend, resume, relabel or rename. */
  async actOnAgent(name: string, verb: string, body: object): Promise<Agent> {
    const path = `/agents/${encodeURIComponent(name)}/${verb}`;
    return (await this.#call<{ agent: Agent }>('POST', path, body)).agent;
  }

  async hooks(): Promise<ShownHook[]> {
    return (await this.#call<{ hooks: ShownHook[] }>('GET', '/hooks')).hooks;
  }

  /** @param body as `POST /hooks` takes it. */
  async addHook(body: object): Promise<{ hook: ShownHook; url: string }> {
    return this.#call('POST', '/hooks', body);
  }

  async removeHook(id: string): Promise<ShownHook> {
    return (await this.#call<{ hook: ShownHook }>('DELETE', `/hooks/${encodeURIComponent(id)}`)).hook;
  }

  /** @param body as `POST /hooks/test` takes it. */
  async testHook(body: object): Promise<TriedHook> {
    return this.#call('POST', '/hooks/test', body);
  }

  async parkedMessages(): Promise<ParkedMessage[]> {
    return (await this.#call<{ parked: ParkedMessage[] }>('GET', '/hooks/parked')).parked;
  }

  async runbooks(): Promise<RunbookLine[]> {
    return (await this.#call<{ runbooks: RunbookLine[] }>('GET', '/runbooks')).runbooks;
  }

  /** @param version null for the one in use. */
  async runbook(name: string, version: number | null): Promise<ShownRunbook> {
    const path = `/runbooks/${encodeURIComponent(name)}${version === null ? '' : `?version=${version}`}`;
    return (await this.#call<{ runbook: ShownRunbook }>('GET', path)).runbook;
  }

  async restoreRunbook(name: string, version: number): Promise<ShownRunbook> {
    const path = `/runbooks/${encodeURIComponent(name)}/restore`;
    return (await this.#call<{ runbook: ShownRunbook }>('POST', path, { version })).runbook;
  }

  async retireRunbook(name: string): Promise<ShownRunbook> {
    const path = `/runbooks/${encodeURIComponent(name)}`;
    return (await this.#call<{ runbook: ShownRunbook }>('DELETE', path)).runbook;
  }

  /** What would be kept of a task. */
  async keepForm(task: number): Promise<KeepWish> {
    return (await this.#call<{ keep: KeepWish }>('GET', `/tasks/${task}/keep`)).keep;
  }

  /** Incidents, newest first. */
  async alerts(query: URLSearchParams): Promise<IncidentCard[]> {
    return (await this.#call<{ incidents: IncidentCard[] }>('GET', `/alerts?${query}`)).incidents;
  }

  async alert(number: number): Promise<IncidentCard> {
    return (await this.#call<{ incident: IncidentCard }>('GET', `/alerts/${number}`)).incident;
  }

  /** @param verb acknowledge, silence, unsilence or diagnose. */
  async actOnAlert(number: number, verb: string, body: object): Promise<IncidentCard> {
    return (await this.#call<{ incident: IncidentCard }>('POST', `/alerts/${number}/${verb}`, body)).incident;
  }

  async watches(): Promise<Watch[]> {
    return (await this.#call<{ watches: Watch[] }>('GET', '/watches')).watches;
  }

  /** @param body as `POST /watches` takes it. */
  async addWatch(body: object): Promise<{ watch: Watch; forecast: WatchForecast }> {
    return this.#call('POST', '/watches', body);
  }

  async removeWatch(name: string): Promise<{ watch: Watch; ended: number[] }> {
    return this.#call('DELETE', `/watches/${encodeURIComponent(name)}`);
  }

  /** The server's signing keys, oldest first. */
  async keys(): Promise<KeyLine[]> {
    return (await this.#call<{ keys: KeyLine[] }>('GET', '/keys')).keys;
  }

  async rotateKey(): Promise<KeyLine[]> {
    return (await this.#call<{ keys: KeyLine[] }>('POST', '/keys/rotate', {})).keys;
  }

  async consoleLink(): Promise<string> {
    return (await this.#call<{ url: string }>('POST', '/console-links', {})).url;
  }

  /** The kept bytes of a run's stream from `offset` to where it ends now. */
  async output(task: number, run: string, stream: 'stdout' | 'stderr', offset: number): Promise<Buffer> {
    const response = await this.#fetch(
      'GET',
      `/tasks/${task}/runs/${run}/output?stream=${stream}&offset=${offset}`,
    );
    return Buffer.from(await response.arrayBuffer());
  }

  /** All kept bytes of a run's stream. */
  async wholeOutput(task: number, run: string, stream: 'stdout' | 'stderr'): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let offset = 0; ; ) {
      const bytes = await this.output(task, run, stream, offset);
      if (bytes.length === 0) return Buffer.concat(parts);
      parts.push(bytes);
      offset += bytes.length;
    }
  }

  /**
   * Yields the task's card as it is, then after each change, until the caller stops. It reads the event stream and
   * comes back after a cut, from the last event on, so a server that restarts is only a pause, however long.
   *
   * @param onCut called at each try to come back while the server is away, and with null once it is there again.
   */
  async *follow(
    task: number,
    signal: AbortSignal,
    onCut: (why: string | null) => void = () => {},
  ): AsyncGenerator<Card> {
    let shown = -1;
    let failures = 0;
    let wasThere = false;
    const position = { last: null as string | null };
    for (;;) {
      try {
        for await (const event of this.events(signal, position)) {
          if (event !== null && event.task !== task) continue;
          const card = await this.card(task);
          if (failures > 0) onCut(null);
          failures = 0;
          wasThere = true;
          if (card.revision === shown && card.state !== 'running') continue;
          shown = card.revision;
          yield card;
        }
      } catch (err) {
        if (signal.aborted) return;
        failures++;
        // What the server says no to it will not say yes to the next time; its own faults it may mend.
        if (!wasThere || !(err instanceof ServerDown)) throw err;
        if (!err.isAway && failures > faultsMax) throw err;
        if (failures > 1) onCut(err.message);
        await new Promise((resolve) => setTimeout(resolve, reconnectMs));
      }
    }
  }

  /**
   * Null once the stream is open, then what happens from there on. Ends by throwing, since streams only ever break.
   *
   * @param position remembers the last event that was told, and says where to go on.
   */
  async *events(
    signal: AbortSignal,
    position: { last: string | null } = { last: null },
  ): AsyncGenerator<{ task: number | null } | null> {
    const from = position.last === null ? {} : { 'last-event-id': position.last };
    const response = await this.#fetch('GET', '/events', undefined, from, signal);
    yield null;
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const bytes of response.body ?? []) {
        const lines = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          if (line.startsWith('id: ')) position.last = line.slice(4);
          if (line.startsWith('data: ')) yield JSON.parse(line.slice(6));
        }
      }
    } catch (err) {
      if (signal.aborted) throw err;
    }
    throw this.#down();
  }

  async #call<T>(method: string, path: string, body?: object, key?: string): Promise<T> {
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    const response = await this.#fetch(method, path, body, headers);
    const said: unknown = await response.json().catch(() => null);
    if (typeof said === 'object' && said !== null) return said as T;
    throw this.#foreign();
  }

  async #fetch(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    const { url, token, whyRefused } = this.#address;
    let response: Response;
    try {
      response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'x-nerdy-user': userInfo().username,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (err) {
      if (signal?.aborted) throw err;
      throw this.#down();
    }
    if (response.ok) return response;
    const said = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
    const message = said?.error?.message;
    // A proxy in front of a server that is away may say so in words of its own.
    if (response.status >= 500)
      throw new ServerDown(message ?? `The server answered ${response.status} without saying why.`, false);
    if (message === undefined) throw this.#foreign();
    if (response.status === 401 && whyRefused) throw new CliError(whyRefused().text, ExitCode.unreachable);
    throw new CliError(message, response.status === 400 ? ExitCode.usage : ExitCode.endedBadly);
  }

  /** Every refusal of ours has a sentence, and every answer is an object. */
  #foreign(): CliError {
    return new CliError(sentence('server_foreign', { url: this.#address.url }).text, ExitCode.unreachable);
  }

  #down(): ServerDown {
    const { url, whyUnreachable } = this.#address;
    return new ServerDown((whyUnreachable?.() ?? sentence('server_unreachable', { url })).text, true);
  }
}

/** Faults of the server in a row after which the person is told; one that is away is waited for as long as they like. */
const faultsMax = 20;
const reconnectMs = 500;
