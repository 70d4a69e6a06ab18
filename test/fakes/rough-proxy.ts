import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What a bad network does to the bytes of a connection, in both directions.
 *
 * - `smooth`: nothing.
 * - `slow`: they arrive late, and in small pieces.
 * - `cutting`: the connection is reset after so many bytes, in the middle of whatever it carries; so is the next one.
 * - `losing`: one byte in so many is left out, which TLS must notice.
 * - `silent`: they are taken and go nowhere, as on a line that was cut beyond the next switch. Nothing is ever closed.
 */
export type Roughness =
  | { kind: 'smooth' }
  | { kind: 'slow'; delayMs: number; pieceBytes: number }
  | { kind: 'cutting'; afterBytes: number }
  | { kind: 'losing'; everyBytes: number }
  | { kind: 'silent' };

/** Where one end is: a port of a host, or a Unix socket. */
export type Place = { host: string; port: number } | { path: string };

interface Pair {
  near: Socket;
  far: Socket;
  /** Passed so far, both directions together. */
  bytes: number;
  /** Bytes of it are gone: whatever the network becomes, this connection carries nothing any more. */
  isSilent: boolean;
}

/** A TCP proxy between an agent and its server that a test makes rough. Modes: made; listening; stopped. */
export class RoughProxy {
  readonly #to: Place;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #roughness: Roughness = { kind: 'smooth' };
  /** Connections that were taken. */
  connections = 0;
  /** The one cut to come: after so many bytes more, of whatever connection. */
  #cut: { leftBytes: number; done: () => void } | null = null;

  private constructor(to: Place) {
    this.#to = to;
    this.#server = createServer((near) => this.#onConnection(near));
  }

  /** @param at port 0 is any free one. */
  static async listen(at: Place, to: Place): Promise<RoughProxy> {
    const proxy = new RoughProxy(to);
    proxy.#server.listen(at);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on, for the connections that are open too; one that was silent stays so. */
  become(roughness: Roughness): void {
    this.#roughness = roughness;
  }

  /** Once so many bytes more have passed, resets the connection that they were on, in their middle. Resolves then. */
  cutOnceAfter(bytes: number): Promise<void> {
    return new Promise((done) => {
      this.#cut = { leftBytes: bytes, done };
    });
  }

  async stop(): Promise<void> {
    for (const pair of this.#pairs) this.#reset(pair);
    this.#server.close();
    await once(this.#server, 'close');
  }

  #onConnection(near: Socket): void {
    this.connections++;
    const far = connect(this.#to);
    const pair: Pair = { near, far, bytes: 0, isSilent: false };
    this.#pairs.add(pair);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true);
      from.on('data', (bytes) => this.#pass(pair, bytes, to));
      from.on('end', () => {
        if (!this.#isSilent(pair)) to.end();
      });
      from.on('error', () => from.destroy());
      // One end that is gone takes the other with it, unless the line between them can't tell.
      from.on('close', () => {
        if (!this.#isSilent(pair)) this.#reset(pair);
      });
    }
  }

  #pass(pair: Pair, bytes: Buffer, to: Socket): void {
    if (this.#isSilent(pair)) return;
    if (this.#cut) {
      this.#cut.leftBytes -= bytes.length;
      if (this.#cut.leftBytes <= 0) {
        to.write(bytes.subarray(0, bytes.length + this.#cut.leftBytes));
        this.#cut.done();
        this.#cut = null;
        // A turn later, so that the part before the cut gets away.
        setImmediate(() => this.#reset(pair));
        pair.isSilent = true;
        return;
      }
    }
    const rough = this.#roughness;
    const before = pair.bytes;
    pair.bytes += bytes.length;
    switch (rough.kind) {
      case 'smooth':
        to.write(bytes);
        return;
      case 'slow':
        // Timers of one delay fire in the order in which they were set.
        for (let at = 0; at < bytes.length; at += rough.pieceBytes) {
          const piece = bytes.subarray(at, at + rough.pieceBytes);
          setTimeout(() => to.write(piece), rough.delayMs);
        }
        return;
      case 'cutting': {
        const left = rough.afterBytes - before;
        if (left > 0) to.write(bytes.subarray(0, left));
        if (left <= bytes.length) setImmediate(() => this.#reset(pair));
        pair.isSilent ||= left <= bytes.length;
        return;
      }
      case 'losing': {
        const place = rough.everyBytes - (before % rough.everyBytes);
        to.write(
          place < bytes.length ? Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)]) : bytes,
        );
        return;
      }
      case 'silent':
        return;
    }
  }

  #isSilent(pair: Pair): boolean {
    pair.isSilent ||= this.#roughness.kind === 'silent';
    return pair.isSilent;
  }

  #reset(pair: Pair): void {
    this.#pairs.delete(pair);
    for (const socket of [pair.near, pair.far]) {
      // Only TCP knows a reset; a Unix socket is just gone.
      if (socket.remoteFamily !== undefined) socket.resetAndDestroy();
      else socket.destroy();
    }
  }
}
