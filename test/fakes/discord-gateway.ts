import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { botUser, fakeIds } from './discord-shapes.ts';

/** Of what a client sends. */
interface Sent {
  intents: number;
  seq: number;
  session_id: string;
}

/** Discord's gateway as one session sees it: what a connection missed is sent again when it resumes. */
export class DiscordGateway {
  readonly identifies: { intents: number }[] = [];
  resumes = 0;
  isSilent = false;
  /** Takes connections and never answers them. */
  isDeaf = false;
  /** Connections that were never answered, and are still open. */
  readonly unanswered = new Set<Duplex>();
  readonly #server: Server;
  readonly #onChange: () => void;
  readonly #guild: () => object;
  readonly #sockets = new Set<WebSocket>();
  /** All that ever connected, also those that have not said who they are. */
  readonly #open = new Set<WebSocket>();
  readonly #upgrades = new WebSocketServer({ noServer: true });
  /** Of this session, by sequence. */
  #sent: { t: string; d: object }[] = [];
  /** Which session can be resumed; null for none. */
  #session: string | null = null;

  /** @param parts.guild our server as it is at that moment. */
  constructor(server: Server, parts: { onChange: () => void; guild: () => object }) {
    this.#server = server;
    this.#onChange = parts.onChange;
    this.#guild = parts.guild;
    server.on('upgrade', (request, socket, head) => {
      if (this.isDeaf) return this.#ignore(socket);
      this.#upgrades.handleUpgrade(request, socket, head, (ws) => this.#greet(ws));
    });
  }

  /** Cut with no session left to resume, as after a long while: what is said meanwhile is told to nobody. */
  forget(): void {
    this.#session = null;
    this.cut(4_000);
  }

  /** True while somebody listens. */
  get isHeard(): boolean {
    return this.#sockets.size > 0;
  }

  end(): void {
    for (const socket of this.#open) socket.terminate();
    for (const socket of this.unanswered) socket.destroy();
  }

  cut(code: number): void {
    for (const socket of this.#sockets) socket.close(code);
    this.#sockets.clear();
  }

  /** Discord wants us to connect again (op 7); the session goes on. */
  reconnect(): void {
    for (const socket of this.#sockets) socket.send(JSON.stringify({ op: 7, d: null }));
    this.#sockets.clear();
  }

  /** The session is called invalid (op 9): it may be resumed all the same, or what was missed of it is gone. */
  invalidate(isResumable: boolean): void {
    if (!isResumable) this.#session = null;
    for (const socket of this.#sockets) socket.send(JSON.stringify({ op: 9, d: isResumable }));
    this.#sockets.clear();
  }

  /** Our server is not there for a while (or is again), by Discord's own fault. */
  outage(isOver: boolean): void {
    if (isOver) this.dispatch('GUILD_CREATE', this.#guild());
    else this.dispatch('GUILD_DELETE', { id: fakeIds.guild, unavailable: true });
  }

  /** What was said, or done, last comes once more, as after an acknowledgement that got lost. */
  repeat(name = 'MESSAGE_CREATE'): void {
    const last = this.#sent.findLast(({ t }) => t === name);
    if (last) this.dispatch(last.t, last.d);
  }

  dispatch(t: string, d: object): void {
    if (this.isSilent) return;
    this.#sent.push({ t, d });
    for (const socket of this.#sockets) this.#send(socket, this.#sent.length);
    this.#onChange();
  }

  #send(socket: WebSocket, s: number): void {
    socket.send(JSON.stringify({ op: 0, s, ...this.#sent[s - 1] }));
  }

  #ignore(socket: Duplex): void {
    this.unanswered.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.unanswered.delete(socket);
      this.#onChange();
    });
    // A stream that nobody reads doesn't notice its end, and HTTP leaves its own half open.
    socket.on('end', () => socket.destroy());
    socket.resume();
    this.#onChange();
  }

  #greet(socket: WebSocket): void {
    this.#open.add(socket);
    socket.on('close', () => {
      this.#open.delete(socket);
      this.#sockets.delete(socket);
    });
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 41_250 } }));
    socket.on('message', (data: RawData) => {
      const { op, d } = JSON.parse(String(data)) as { op: number; d: Sent };
      if (op === 1) socket.send(JSON.stringify({ op: 11 }));
      if (op === 6) this.#resume(socket, d);
      if (op === 2) this.#identify(socket, d.intents);
      this.#onChange();
    });
  }

  #resume(socket: WebSocket, { seq, session_id }: Sent): void {
    if (session_id !== this.#session) {
      socket.send(JSON.stringify({ op: 9, d: false }));
      return;
    }
    this.resumes += 1;
    for (let s = seq + 1; s <= this.#sent.length; s += 1) this.#send(socket, s);
    this.#sockets.add(socket);
    this.dispatch('RESUMED', {});
  }

  #identify(socket: WebSocket, intents: number): void {
    this.#sent = [];
    this.#sockets.add(socket);
    this.identifies.push({ intents });
    this.#session = `s${this.identifies.length}`;
    const { port } = this.#server.address() as AddressInfo;
    this.dispatch('READY', {
      ...{
        ...{
          v: 10,
          user: botUser(),
          guilds: [{ id: fakeIds.guild, unavailable: true }],
          session_id: this.#session,
        },
        resume_gateway_url: `ws://127.0.0.1:${port}`,
      },
      ...{ application: { id: fakeIds.application, flags: 0 }, shard: [0, 1] },
    });
    this.dispatch('GUILD_CREATE', this.#guild());
  }
}
