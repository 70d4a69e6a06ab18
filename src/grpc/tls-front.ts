import type { Server as HttpServer } from 'node:http';
import { createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net';
import { createServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { CertificateAuthority } from '../ports/certificate-authority.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Service } from '../ports/service.ts';
import { DoorKeeper, type Visit } from './door-keeper.ts';
import { credentialsEveryMs, downloadAskedMs, downloadMs, handshakeMs, outsiderMs } from './limits.ts';
import { StrangerLog } from './stranger-log.ts';

/** The TLS port could not be opened; `sentence` says on what and what to do. */
export class TlsListenError extends Error {
  readonly code = 'gateway_listen';
  readonly sentence;
  /** True when somebody else has the port. */
  readonly isTaken: boolean;
  constructor({ host, port }: TlsAddress, cause: NodeJS.ErrnoException) {
    const settings = ['NERDY_GRPC_HOST', 'NERDY_GRPC_PORT'];
    const isTaken = cause.code === 'EADDRINUSE';
    const said = isTaken
      ? sentence('port_in_use', { host, port, setting: 'NERDY_GRPC_PORT' })
      : sentence('address_unusable', { host, port, reason: cause.message, settings });
    super(said.text, { cause });
    this.name = 'TlsListenError';
    this.sentence = said;
    this.isTaken = isTaken;
  }
}

export interface TlsAddress {
  host: string;
  /** 0 is any free one. */
  port: number;
}

/** Where a connection goes after its handshake. All three take the socket for good. */
export interface Rooms {
  /** HTTP/2 with a certificate of an agent. */
  agents: (socket: TLSSocket) => void;
  /** HTTP/2 of anybody else; the sentence says why this is no agent. */
  outsiders: (socket: TLSSocket, why: Sentence) => void;
  /** HTTP/1.1: the downloads. */
  downloads: HttpServer;
}

export interface TlsFrontOptions {
  address: TlsAddress;
  authority: CertificateAuthority;
  rooms: Rooms;
  clock: Clock;
  log: Log;
}

/**
 * The one port that is open to other machines, and three rooms behind it. TLS asks everybody for a certificate and turns
 * nobody away: what a connection may do is decided by the room that it gets, so that a machine without a certificate, or with
 * one that has ended, can be told in a sentence what to do.
 *
 * A connection is `shaking hands`, then an `agent`'s, an `outsider`'s or a `download`, until it is gone. All but agents' have
 * a time that nothing extends, by our own clock: who dribbles a byte a minute is gone as soon as who says nothing.
 */
export class TlsFront implements Service {
  readonly name = 'tls front';
  readonly #options: TlsFrontOptions;
  readonly #keeper: DoorKeeper;
  readonly #strangers: StrangerLog;
  /** Of connections that are open, by their far end: how they are counted, and the end of their time. */
  readonly #guests = new Map<string, Guest>();
  #port: NetServer | null = null;
  #tls: TlsServer | null = null;
  #cancelTimer: () => void = () => {};

  constructor(options: TlsFrontOptions) {
    this.#options = options;
    this.#keeper = new DoorKeeper(options.clock);
    this.#strangers = new StrangerLog(options);
    options.rooms.downloads.on('request', ({ socket }) => this.#asked(socket));
  }

  /** While it is open. */
  get port(): number | null {
    const address = this.#port?.address();
    return typeof address === 'object' && address ? address.port : null;
  }

  /** @throws TlsListenError. */
  async start(): Promise<void> {
    const { address, authority, log } = this.#options;
    const tls = createServer({
      ...(await this.#credentials()),
      ca: [pemOf(authority.certificate)],
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    tls.on('secureConnection', (socket) => this.#onSecure(socket));
    tls.on('tlsClientError', (err, socket) => {
      this.#strangers.note(socket.remoteAddress, `a TLS handshake failed: ${err.message}`);
      socket.destroy();
    });
    const port = createNetServer((socket) => this.#onConnection(socket, tls));
    await new Promise<void>((resolve, reject) => {
      port.once('error', (err) => reject(new TlsListenError(address, err)));
      port.listen(address, () => resolve());
    });
    // Accepting may fail at any time (no memory, no descriptors); nobody listening to that would end the server.
    port.on('error', (err) => log.error({ err }, 'a connection at the TLS port could not be accepted'));
    this.#port = port;
    this.#tls = tls;
    this.#credentialsLater();
  }

  /** Nobody new comes in. The rooms end what they have. */
  close(): void {
    this.#cancelTimer();
    this.#port?.close();
  }

  async stop(): Promise<void> {
    this.close();
    for (const { socket } of this.#guests.values()) socket.destroy();
  }

  async #credentials(): Promise<{ cert: string; key: string }> {
    const { authority, clock } = this.#options;
    const { chain, key } = await authority.gatewayCredentials(clock.now());
    return { cert: chain, key };
  }

  /** The authority makes the certificate anew in time; handshakes from then on show it. */
  #credentialsLater(): void {
    const { clock, log, authority } = this.#options;
    this.#cancelTimer = clock.after(credentialsEveryMs, () => {
      const ca = [pemOf(authority.certificate)];
      this.#credentials()
        .then((credentials) => this.#tls?.setSecureContext({ ...credentials, ca, minVersion: 'TLSv1.3' }))
        .catch((err: unknown) => log.error({ err }, "the gateway's certificate could not be made anew"));
      this.#credentialsLater();
    });
  }

  #onConnection(socket: Socket, tls: TlsServer): void {
    // A connection that breaks is nobody's fault.
    socket.on('error', () => {});
    const visit = this.#keeper.arrive(socket.remoteAddress ?? '');
    if (typeof visit === 'string') {
      this.#strangers.note(socket.remoteAddress, `its connections are ${visit}`);
      socket.destroy();
      return;
    }
    const cancelTimer = this.#endsWithin(socket, handshakeMs, 'no TLS handshake came');
    const guest = { socket, visit, cancelTimer };
    const peer = peerOf(socket);
    this.#guests.set(peer, guest);
    socket.once('close', () => {
      guest.cancelTimer();
      visit.left();
      this.#guests.delete(peer);
    });
    tls.emit('connection', socket);
  }

  #onSecure(socket: TLSSocket): void {
    const { rooms } = this.#options;
    socket.on('error', () => {});
    const guest = this.#guests.get(peerOf(socket));
    if (!guest) {
      socket.destroy();
      return;
    }
    const isWeb = socket.alpnProtocol !== 'h2';
    const why = isWeb ? null : whyStranger(socket, this.#options.authority);
    if (!guest.visit.become(isWeb ? 'download' : why ? 'outsider' : 'agent')) {
      this.#strangers.note(socket.remoteAddress, 'too many connections of its kind');
      socket.destroy();
    } else if (isWeb) {
      this.#giveTime(guest, downloadAskedMs, 'no request came');
      rooms.downloads.emit('connection', socket);
    } else if (why) {
      this.#giveTime(guest, outsiderMs, why.code);
      rooms.outsiders(socket, why);
    } else {
      guest.cancelTimer();
      rooms.agents(socket);
    }
  }

  /** Somebody has asked for a download, which takes its time. */
  #asked(socket: Socket): void {
    const guest = this.#guests.get(peerOf(socket));
    if (guest) this.#giveTime(guest, downloadMs, 'a download took too long');
  }

  #giveTime(guest: Guest, ms: number, why: string): void {
    guest.cancelTimer();
    guest.cancelTimer = this.#endsWithin(guest.socket, ms, why);
  }

  #endsWithin(socket: Socket, ms: number, why: string): () => void {
    return this.#options.clock.after(ms, () => {
      this.#strangers.note(socket.remoteAddress, why);
      socket.destroy();
    });
  }
}

interface Guest {
  socket: Socket;
  visit: Visit;
  cancelTimer: () => void;
}

/** One name for a connection, whether one has its TCP socket or the TLS socket over it. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress}:${remotePort}`;

/**
 * @returns null for an agent of this server. `authorized` alone says too little: OpenSSL takes a resumed session for
 * verified, also one that never had a certificate.
 */
const whyStranger = (socket: TLSSocket, authority: CertificateAuthority): Sentence | null => {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return sentence('stranger_no_certificate', {});
  if (socket.authorized && authority.agentOf(certificate.raw)) return null;
  const reason = String(socket.authorizationError ?? '');
  if (reason.includes('CERT_HAS_EXPIRED')) {
    return sentence('stranger_certificate_ended', { at: new Date(certificate.validTo).toISOString() });
  }
  return sentence('stranger_certificate_foreign', {});
};

const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
