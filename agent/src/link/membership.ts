import type { ServiceClientConstructor } from '@grpc/grpc-js';
import { protocolVersion, protocolVersionMin, type WireWelcome } from '../../../proto/agent-stream.ts';
import { reconnectDelayMs, remoteReconnectDelayMs } from '../core/backoff.ts';
import type { Identity } from '../core/identity.ts';
import type { PinnedKeys } from '../core/pinned-keys.ts';
import { type Refusal, refusalOf } from '../core/refusal.ts';
import type { AgentLog } from '../log.ts';
import type { IdentityFile } from '../run/identity-file.ts';
import type { StatusFile } from '../run/status-file.ts';
import { type GatewayChannel, type LocalAddress, openGatewayChannel } from './gateway-channel.ts';
import type { LinkState } from './link.ts';
import { Renewal } from './renewal.ts';

export interface MembershipParts {
  file: IdentityFile;
  /** Null for where the identity says. */
  address: LocalAddress | null;
  gateway: ServiceClientConstructor;
  status: StatusFile;
  agentVersion: string;
  /** The server's clock. */
  now: () => number | null;
  wallMs: () => number;
  random: () => number;
  log: AgentLog;
}

/**
 * What this agent is to its server: where that is, what is shown there, how long to wait for it. Over a network that
 * is the identity that joining made; by the local socket the directory says all of it.
 */
export class Membership {
  readonly #parts: MembershipParts;
  readonly #renewal: Renewal;
  /** Told once in a process each, or every reconnect would say it again. */
  readonly #told = new Set<string>();

  constructor(parts: MembershipParts) {
    this.#parts = parts;
    this.#renewal = new Renewal(parts);
  }

  get identity(): Identity {
    return this.#parts.file.identity;
  }

  /** A channel that shows the certificate of this moment. */
  channel(): GatewayChannel {
    const { address, gateway } = this.#parts;
    const { enrolment } = this.identity;
    if (address) return openGatewayChannel(gateway, address);
    if (!enrolment) throw new Error('an agent that has not joined has no server');
    const tls = { hostPort: enrolment.address, ca: enrolment.ca, client: enrolment };
    return openGatewayChannel(gateway, { tls });
  }

  delayMs(attempt: number, random: number): number {
    return this.#isLocal ? reconnectDelayMs(attempt, random) : remoteReconnectDelayMs(attempt, random);
  }

  /** What the end of a stream means; null where the next try may do, as it always may on this machine. */
  refusalOf(code: number, details: string): Refusal | null {
    return this.#isLocal ? null : refusalOf(code, details, this.identity.enrolment?.address ?? '');
  }

  keepPinned(pinned: PinnedKeys): Promise<void> {
    return this.#parts.file.change((identity) => ({ ...identity, pinned }));
  }

  /** @returns why a stream of this kind can't be used, null when it can. */
  objection(welcome: WireWelcome): string | null {
    const spoken = welcome.protocolVersion || protocolVersionMin;
    if (spoken >= protocolVersionMin && spoken <= protocolVersion) return null;
    return `The server wants to speak protocol ${spoken}; this agent speaks ${protocolVersionMin} to ${protocolVersion}. Install the agent that the server offers.`;
  }

  /** The stream may be used. */
  welcomed(welcome: WireWelcome): void {
    const { agentVersion, wallMs } = this.#parts;
    const { agentVersion: offered, protocolVersion: spoken } = welcome;
    if (offered !== '' && offered !== agentVersion)
      this.#tell(
        { agentVersion, offered },
        'the server offers another version of the agent; nothing is updated by itself',
      );
    if (spoken !== 0 && spoken < protocolVersion)
      this.#tell({ spoken, protocolVersion }, 'the server is older than this agent; it speaks its protocol');
    this.#note({ lastWelcomeAt: wallMs(), offeredVersion: offered || null });
    if (!this.#isLocal) this.#renewal.resume();
  }

  linkState(state: LinkState): void {
    if (state.kind === 'connected') {
      this.#note({ state: 'connected', reason: null });
      return;
    }
    this.#renewal.pause();
    this.#note({ state: state.kind, reason: state.reason });
  }

  /** Resolves when nothing is being written any more. */
  async stop(): Promise<void> {
    await this.#renewal.stop();
    await this.#parts.file.settled;
  }

  get #isLocal(): boolean {
    return this.#parts.address !== null;
  }

  #note(change: Parameters<StatusFile['note']>[0]): void {
    this.#parts.status.note(change, this.#parts.wallMs());
  }

  #tell(fields: object, message: string): void {
    const key = message + JSON.stringify(fields);
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#parts.log.info(fields, message);
  }
}
