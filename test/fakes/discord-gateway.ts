import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { botUser, fakeIds, guildPayload } from './discord-shapes.ts';

/** Discord's gateway as one session sees it: what a connection missed is sent again when it resumes. */
export class DiscordGateway {
  readonly identifies: { intents: number }[] = [];
  resumes = 0;
  readonly #server: Server;
  readonly #onChange: () => void;
  readonly #sockets = new Set<WebSocket>();
  /** All that ever connected, also those that have not said who they are. */
  readonly #open = new Set<WebSocket>();
  readonly #upgrades = new WebSocketServer({ noServer: true });
  /** Of this session, by sequence. */
  #sent: { t: string; d: object }[] = [];

  constructor(server: Server, onChange: () => void) {
    this.#server = server;
    this.#onChange = onChange;
    server.on('upgrade', (request, socket, head) =>
      this.#upgrades.handleUpgrade(request, socket, head, (ws) => this.#greet(ws)),
    );
  }

  /** True while somebody listens. */
  get isHeard(): boolean {
    return this.#sockets.size > 0;
  }

  end(): void {
    for (const socket of this.#open) socket.terminate();
  }

  cut(code: number): void {
    for (const socket of this.#sockets) socket.close(code);
    this.#sockets.clear();
  }

  /** What was said last comes once more, as after an acknowledgement that got lost. */
  repeat(): void {
    const last = this.#sent.findLast(({ t }) => t === 'MESSAGE_CREATE');
    if (last) this.dispatch(last.t, last.d);
  }

  dispatch(t: string, d: object): void {
    this.#sent.push({ t, d });
    for (const socket of this.#sockets) this.#send(socket, this.#sent.length);
    this.#onChange();
  }

  #send(socket: WebSocket, s: number): void {
    socket.send(JSON.stringify({ op: 0, s, ...this.#sent[s - 1] }));
  }

  #greet(socket: WebSocket): void {
    this.#open.add(socket);
    socket.on('close', () => {
      this.#open.delete(socket);
      this.#sockets.delete(socket);
    });
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 41_250 } }));
    socket.on('message', (data: RawData) => {
      const { op, d } = JSON.parse(String(data)) as { op: number; d: { intents: number; seq: number } };
      if (op === 1) socket.send(JSON.stringify({ op: 11 }));
      if (op === 6) this.#resume(socket, d.seq);
      if (op === 2) this.#identify(socket, d.intents);
      this.#onChange();
    });
  }

  #resume(socket: WebSocket, seq: number): void {
    this.resumes += 1;
    for (let s = seq + 1; s <= this.#sent.length; s += 1) this.#send(socket, s);
    this.#sockets.add(socket);
    this.dispatch('RESUMED', {});
  }

  #identify(socket: WebSocket, intents: number): void {
    this.#sent = [];
    this.#sockets.add(socket);
    this.identifies.push({ intents });
    const { port } = this.#server.address() as AddressInfo;
    this.dispatch('READY', {
      ...{
        ...{ v: 10, user: botUser(), guilds: [{ id: fakeIds.guild, unavailable: true }], session_id: 's1' },
        resume_gateway_url: `ws://127.0.0.1:${port}`,
      },
      ...{ application: { id: fakeIds.application, flags: 0 }, shard: [0, 1] },
    });
    this.dispatch('GUILD_CREATE', guildPayload());
  }
}
