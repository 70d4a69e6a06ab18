import type { ServiceClientConstructor } from '@grpc/grpc-js';
import type { WireRenewReply } from '../../../proto/agent-stream.ts';
import { certificateProblem, lifeOf } from '../core/certificate.ts';
import type { Enrolment } from '../core/identity.ts';
import { renewLookMs } from '../core/limits.ts';
import { renewAt, renewRetryDelayMs } from '../core/renewal-time.ts';
import type { AgentLog } from '../log.ts';
import type { IdentityFile } from '../run/identity-file.ts';
import { makeAgentKey } from '../run/join-key.ts';
import { callRenew } from './enrolment-call.ts';

export interface RenewalParts {
  file: IdentityFile;
  gateway: ServiceClientConstructor;
  /** The server's clock; null before the first welcome. The machine's own may be set to anything by anybody. */
  now: () => number | null;
  random: () => number;
  log: AgentLog;
}

/**
 * Keeps the certificate from ending: from the half of its life on it asks for the next one, with a new key, on a
 * channel of its own. The stream goes on under the old certificate; the next connection shows the new one.
 *
 * Modes: resting, while there is no stream; watching, a timer is set for the next look; asking, one request is under
 * way.
 */
export class Renewal {
  readonly #parts: RenewalParts;
  #mode: 'resting' | 'watching' | 'asking' = 'resting';
  #timer: NodeJS.Timeout | null = null;
  #asking: Promise<void> = Promise.resolve();
  /** For the certificate at hand; null when it is still to be drawn. */
  #at: number | null = null;

  constructor(parts: RenewalParts) {
    this.#parts = parts;
  }

  /** The stream is up, and with it the server's clock. */
  resume(): void {
    if (this.#mode === 'asking') return;
    this.#mode = 'watching';
    this.#look();
  }

  /** There is no stream: a server that can't be reached renews nothing. */
  pause(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#mode === 'watching') this.#mode = 'resting';
  }

  /** Resolves when nothing is asked and nothing written any more. */
  async stop(): Promise<void> {
    this.pause();
    await this.#asking;
    this.pause();
  }

  #look(): void {
    const { file, now, random } = this.#parts;
    const { enrolment } = file.identity;
    const at = now();
    if (this.#mode !== 'watching' || !enrolment || at === null) return;
    this.#at ??= renewAt(lifeOf(enrolment.certificate), random());
    if (at >= this.#at) this.#ask(enrolment);
    else this.#wait(this.#at - at);
  }

  #wait(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), Math.min(ms, renewLookMs));
  }

  #ask(enrolment: Enrolment): void {
    this.#mode = 'asking';
    this.#asking = this.#renew(enrolment).then((problem) => {
      this.#mode = 'watching';
      const { now, random, log, file } = this.#parts;
      const at = now() ?? 0;
      if (problem === null) {
        // Counted from now: certificates begin a little before they are made, and one that is shorter than that must
        // not be renewed for ever.
        const until = lifeOf(file.identity.enrolment?.certificate ?? enrolment.certificate).until;
        this.#at = renewAt({ from: at, until }, random());
        this.#wait(Math.max(0, this.#at - at));
        return;
      }
      const leftMs = lifeOf(enrolment.certificate).until - at;
      const waitMs = renewRetryDelayMs(leftMs, random());
      this.#at = at + waitMs;
      log.warn({ problem, waitMs, leftMs }, 'the certificate could not be renewed, trying again');
      this.#wait(waitMs);
    });
  }

  /** @returns what went wrong, null when the new certificate is on the disk. */
  async #renew(enrolment: Enrolment): Promise<string | null> {
    const { file, gateway, log } = this.#parts;
    try {
      // Loaded now and not at the start: most agents that are looked at have not renewed yet.
      const { requestCertificate } = await import('./certificate-request.ts');
      const key = makeAgentKey();
      const tls = { hostPort: enrolment.address, ca: enrolment.ca, client: enrolment };
      const called = await callRenew(gateway, tls, { csr: await requestCertificate(key) });
      if (called.kind === 'failed') return called.details;
      const { certificate, caCertificate: ca }: WireRenewReply = called.reply;
      const problem = certificateProblem(certificate, ca, key);
      if (problem !== null) return problem;
      await file.change((identity) => ({
        ...identity,
        enrolment: identity.enrolment && { ...identity.enrolment, key, certificate, ca },
      }));
      log.info({ until: new Date(lifeOf(certificate).until).toISOString() }, 'the certificate was renewed');
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }
}
