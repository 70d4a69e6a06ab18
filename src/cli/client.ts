import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '../core/agent.ts';
import type { Card } from '../core/card.ts';
import { sentence } from '../core/sentences.ts';
import { tokenFileName } from '../system/data-files.ts';
import { CliError, ExitCode } from './exit-code.ts';

export interface ServerAddress {
  url: string;
  token: string;
}

/** Where the server of this data directory listens, and the token that proves that we may use it. */
export const localServer = (config: {
  http: { host: string; port: number };
  dataDir: string;
}): ServerAddress => {
  const host = config.http.host.includes(':') ? `[${config.http.host}]` : config.http.host;
  const url = `http://${host}:${config.http.port}`;
  try {
    return { url, token: readFileSync(join(config.dataDir, tokenFileName), 'utf8').trim() };
  } catch {
    throw new CliError(sentence('server_unreachable', { url }).text, ExitCode.unreachable);
  }
};

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
   * @param verb approve, reject, edit, choose, cancel, continue or stop.
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

  async agents(): Promise<Agent[]> {
    return (await this.#call<{ agents: Agent[] }>('GET', '/agents')).agents;
  }

  async runbooks(): Promise<{ name: string; title: string; summary: string; examples: string[] }[]> {
    const { runbooks } = await this.#call<{ runbooks: never[] }>('GET', '/runbooks');
    return runbooks;
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
   * comes back after a cut, so a server that restarts is only a pause.
   *
   * @param reconnectsMax cuts in a row after which it gives up.
   */
  async *follow(
    task: number,
    signal: AbortSignal,
    reconnectsMax = reconnectsMaxDefault,
  ): AsyncGenerator<Card> {
    let shown = -1;
    for (let failures = 0; ; ) {
      try {
        for await (const event of this.events(signal)) {
          if (event !== null && event.task !== task) continue;
          const card = await this.card(task);
          failures = 0;
          if (card.revision === shown && card.state !== 'running') continue;
          shown = card.revision;
          yield card;
        }
      } catch (err) {
        if (signal.aborted) return;
        // What the server says no to it will not say yes to the next time.
        if (err instanceof CliError && err.exitCode !== ExitCode.unreachable) throw err;
        if (++failures > reconnectsMax) throw err;
        await new Promise((resolve) => setTimeout(resolve, reconnectMs));
      }
    }
  }

  /** Null once the stream is open, then what happens from there on. Ends by throwing, since streams only ever break. */
  async *events(signal: AbortSignal): AsyncGenerator<{ task: number | null } | null> {
    const response = await this.#fetch('GET', '/events', undefined, undefined, signal);
    yield null;
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const bytes of response.body ?? []) {
        const lines = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line.startsWith('data: ')) yield JSON.parse(line.slice(6));
      }
    } catch (err) {
      if (signal.aborted) throw err;
    }
    throw new CliError(sentence('server_unreachable', { url: this.#address.url }).text, ExitCode.unreachable);
  }

  async #call<T>(method: string, path: string, body?: object, key?: string): Promise<T> {
    const response = await this.#fetch(method, path, body, key);
    return (await response.json()) as T;
  }

  async #fetch(
    method: string,
    path: string,
    body?: object,
    key?: string,
    signal?: AbortSignal,
  ): Promise<Response> {
    const { url, token } = this.#address;
    let response: Response;
    try {
      response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'x-nerdy-user': userInfo().username,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (err) {
      if (signal?.aborted) throw err;
      throw new CliError(sentence('server_unreachable', { url }).text, ExitCode.unreachable);
    }
    if (response.ok) return response;
    const said = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
    const message = said?.error?.message ?? `The server answered ${response.status} without saying why.`;
    throw new CliError(message, exitCodeOf(response.status));
  }
}

const exitCodeOf = (status: number): ExitCode => {
  if (status >= 500) return ExitCode.unreachable;
  return status === 400 ? ExitCode.usage : ExitCode.endedBadly;
};

/** A server restarts within seconds; past this the person is told. */
const reconnectsMaxDefault = 20;
const reconnectMs = 500;
