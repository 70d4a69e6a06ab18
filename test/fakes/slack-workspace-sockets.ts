import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { appId, type Json, type SlackRecord, SlackRefusal } from './slack-workspace-record.ts';

/** How often a socket is pinged; Bolt gives it up after three times as long. */
const pingMs = 10_000;
/** https://docs.slack.dev/apis/events-api/using-socket-mode: up to ten at once. */
const socketsMax = 10;

/**
 * The sockets of Socket Mode. One is open, silent (dead, while its TCP connection stands, as behind a middlebox that
 * forgot it) or closed.
 */
export class SlackSockets {
  readonly #server = new WebSocketServer({ noServer: true, autoPong: false });
  readonly #tickets = new Set<string>();
  readonly #sockets = new Set<WebSocket>();
  readonly #silent = new Set<WebSocket>();
  readonly #awaited = new Map<string, (payload: Json | null) => void>();
  readonly #record: SlackRecord;
  readonly #pinging: NodeJS.Timeout;
  #opened = 0;
  #turn = 0;

  constructor(record: SlackRecord) {
    this.#record = record;
    this.#pinging = setInterval(() => {
      for (const socket of this.#speaking()) socket.ping();
    }, pingMs).unref();
  }

  /** A one-time address, as apps.connections.open hands it out. */
  makeTicket(): string {
    if (this.#sockets.size >= socketsMax) throw new SlackRefusal('too_many_websockets');
    const ticket = randomBytes(12).toString('hex');
    this.#tickets.add(ticket);
    return ticket;
  }

  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'ws://strict').searchParams.get('ticket') ?? '';
    if (!this.#tickets.delete(ticket)) {
      stream.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, stream, head, (socket) => this.#welcome(socket));
  }

  /** Sockets that were ever opened, and those that speak now. */
  get opened(): number {
    return this.#opened;
  }
  get connected(): number {
    return this.#speaking().length;
  }

  /** Sends an envelope on one of the sockets. @returns false where there is none. */
  send(envelope: Json, onAcknowledged: (payload: Json | null) => void): boolean {
    const sockets = [...this.#sockets].filter((s) => s.readyState === s.OPEN);
    const socket = sockets[this.#turn++ % Math.max(1, sockets.length)];
    if (!socket) return false;
    this.#awaited.set(String(envelope.envelope_id), onAcknowledged);
    // Into a dead socket it goes unheard.
    if (!this.#silent.has(socket)) socket.send(JSON.stringify(envelope));
    return true;
  }

  /** Slack recycles its connections now and then, and ends them where Socket Mode is switched off. */
  disconnect(reason: 'warning' | 'refresh_requested' | 'link_disabled'): void {
    for (const socket of this.#speaking()) {
      socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'strict' } }));
    }
  }

  /** The line is cut: no goodbye. */
  cut(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  /** The sockets that are open now go dead without closing: nothing is read, nothing is said. */
  silence(): void {
    for (const socket of this.#sockets) {
      this.#silent.add(socket);
      socket.pause();
    }
  }

  stop(): void {
    clearInterval(this.#pinging);
    this.cut();
    this.#server.close();
  }

  #speaking(): WebSocket[] {
    return [...this.#sockets].filter((s) => s.readyState === s.OPEN && !this.#silent.has(s));
  }

  #welcome(socket: WebSocket): void {
    this.#sockets.add(socket);
    this.#opened++;
    socket.on('ping', (data) => socket.pong(data));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#record.changed();
    });
    socket.on('message', (data) => {
      const said = JSON.parse(String(data)) as Json;
      const id = String(said.envelope_id ?? '');
      const acknowledge = this.#awaited.get(id);
      this.#awaited.delete(id);
      acknowledge?.(payloadOf(said.payload));
    });
    const connection = { num_connections: this.#sockets.size, connection_info: { app_id: appId } };
    const debug = { host: 'strict', approximate_connection_time: 18_060 };
    socket.send(JSON.stringify({ type: 'hello', ...connection, debug_info: debug }));
    this.#record.changed();
  }
}

/** An empty one means a mere acknowledgement. */
const payloadOf = (payload: unknown): Json | null =>
  typeof payload === 'object' && payload !== null && Object.keys(payload).length > 0
    ? (payload as Json)
    : null;
