import type { Server as HttpServer } from 'node:http';
import { createServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { CertificateAuthority } from '../ports/certificate-authority.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Service } from '../ports/service.ts';
import { credentialsEveryMs, handshakeMs } from './limits.ts';

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
 */
export class TlsFront implements Service {
  readonly name = 'tls front';
  readonly #options: TlsFrontOptions;
  readonly #sockets = new Set<TLSSocket>();
  #server: TlsServer | null = null;
  #cancelTimer: () => void = () => {};

  constructor(options: TlsFrontOptions) {
    this.#options = options;
  }

  /** While it is open. */
  get port(): number | null {
    const address = this.#server?.address();
    return typeof address === 'object' && address ? address.port : null;
  }

  /** @throws TlsListenError. */
  async start(): Promise<void> {
    const { address, authority } = this.#options;
    const server = createServer({
      ...(await this.#credentials()),
      ca: [pemOf(authority.certificate)],
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: handshakeMs,
    });
    server.on('secureConnection', (socket) => this.#onSecure(socket));
    server.on('tlsClientError', (err, socket) => {
      this.#options.log.debug({ peer: socket.remoteAddress, err: err.message }, 'a TLS handshake failed');
      socket.destroy();
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (err) => reject(new TlsListenError(address, err)));
      server.listen(address, () => resolve());
    });
    this.#server = server;
    this.#credentialsLater();
  }

  /** Nobody new comes in. The rooms end what they have. */
  close(): void {
    this.#cancelTimer();
    this.#server?.close();
  }

  async stop(): Promise<void> {
    this.close();
    for (const socket of this.#sockets) socket.destroy();
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
      this.#credentials()
        .then((credentials) =>
          this.#server?.setSecureContext({
            ...credentials,
            ca: [pemOf(authority.certificate)],
            minVersion: 'TLSv1.3',
          }),
        )
        .catch((err: unknown) => log.error({ err }, "the gateway's certificate could not be made anew"));
      this.#credentialsLater();
    });
  }

  #onSecure(socket: TLSSocket): void {
    const { rooms } = this.#options;
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // A connection that breaks is nobody's fault.
    socket.on('error', () => {});
    if (socket.alpnProtocol !== 'h2') {
      rooms.downloads.emit('connection', socket);
      return;
    }
    const why = whyStranger(socket, this.#options.authority);
    if (why === null) rooms.agents(socket);
    else rooms.outsiders(socket, why);
  }
}

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
