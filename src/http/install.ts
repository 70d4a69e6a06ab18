import type { ReadStream } from 'node:fs';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AgentFile } from '../core/install-script.ts';
import { networkOf } from '../core/network-of.ts';
import { sentence } from '../core/sentences.ts';
import { type InstallFiles, InstallScript } from './install-files.ts';
import { agentDownloadsAtOnceMax, agentDownloadsOfOneMax } from './limits.ts';

/**
 * What machines fetch before anybody knows them, so without a token: `/install.sh`, `/install.ps1` and the agent's files
 * under `/agent/`. There is nothing secret in any of it. Nothing here depends on what a request says about itself: the scripts
 * hold the address from the settings, never the Host header.
 */
export const installRoutes =
  ({ files }: { files: InstallFiles }) =>
  async (app: FastifyInstance): Promise<void> => {
    const slots = new DownloadSlots();

    for (const name of Object.values(InstallScript)) {
      app.get(`/${name}`, async (_request, reply) => {
        const script = await files.script(name);
        if (!script) return unready(reply);
        return (
          reply
            .headers({ ...always, 'cache-control': 'no-store', 'content-type': 'text/plain; charset=utf-8' })
            // Bytes: a string would lose the mark at the beginning of install.ps1.
            .send(script)
        );
      });
    }

    for (const name of Object.values(AgentFile)) {
      const answer = async (request: FastifyRequest, reply: FastifyReply) => {
        // Counted before anything is waited for: of many that come at once, none would see the others after that.
        const free = slots.take(networkOf(request.ip));
        if (!free) return busy(reply);
        let stream: ReadStream | null = null;
        // The request's own end, since a reply that stands behind another on its connection has none when that breaks.
        request.raw.once('close', () => {
          free();
          stream?.destroy();
        });
        const file = await files.open(name);
        if (!file) return reply.callNotFound();
        const etag = `"${file.sha256}"`;
        reply.headers({
          ...always,
          // Kept as long as one likes, asked about each time.
          'cache-control': 'no-cache',
          'content-type': name.endsWith('.cjs')
            ? 'text/javascript; charset=utf-8'
            : 'application/octet-stream',
          etag,
        });
        if (request.method === 'HEAD' || isKnown(request, etag)) {
          await file.handle.close();
          if (request.method !== 'HEAD') return reply.code(304).send();
          return reply.header('content-length', file.bytes).send();
        }
        stream = file.handle.createReadStream({ start: 0, end: file.bytes - 1 });
        if (request.raw.destroyed) stream.destroy();
        return reply.header('content-length', file.bytes).send(stream);
      };
      // One route for both: of its own for HEAD, Fastify would read a stream to its end to know its length.
      app.route({ method: ['GET', 'HEAD'], url: `/agent/${name}`, exposeHeadRoute: false, handler: answer });
    }
  };

/** Counts downloads at one time, of all and of each network. */
class DownloadSlots {
  #taken = 0;
  readonly #byNetwork = new Map<string, number>();

  /** @returns what gives the slot back, to be called once; null where there is none. */
  take(network: string): (() => void) | null {
    const ofOne = this.#byNetwork.get(network) ?? 0;
    if (this.#taken >= agentDownloadsAtOnceMax || ofOne >= agentDownloadsOfOneMax) return null;
    this.#count(network, 1);
    return () => this.#count(network, -1);
  }

  #count(network: string, by: number): void {
    this.#taken += by;
    const ofOne = (this.#byNetwork.get(network) ?? 0) + by;
    if (ofOne > 0) this.#byNetwork.set(network, ofOne);
    else this.#byNetwork.delete(network);
  }
}

const always = { 'x-content-type-options': 'nosniff' } as const;

const isKnown = (request: FastifyRequest, etag: string): boolean =>
  (request.headers['if-none-match'] ?? '').split(',').some((known) => known.trim() === etag);

const unready = (reply: FastifyReply) => {
  const said = sentence('install_unready', {});
  return reply.code(503).send({ error: { code: said.code, message: said.text } });
};

const busy = (reply: FastifyReply) => {
  const said = sentence('install_busy', {});
  return reply
    .code(503)
    .header('retry-after', '10')
    .send({ error: { code: said.code, message: said.text } });
};
