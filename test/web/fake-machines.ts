import { randomBytes, randomUUID } from 'node:crypto';
import type { Agent } from '../../src/core/agent.ts';
import type { AgentIdentity, Invite } from '../../src/core/enrolment.ts';
import { writeJoinToken } from '../../src/core/join-token.ts';
import { labelsProblem } from '../../src/core/labels.ts';
import { inviteMs } from '../../src/core/limits.ts';
import { sentence } from '../../src/core/sentences.ts';
import type { Actor } from '../../src/core/task.ts';
import type { InviteWish } from '../../src/flow/invite.ts';
import type { Managed } from '../../src/flow/managed-agent.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Machines } from '../../src/web/machines.ts';
import type { FakeDesk } from './fake-desk.ts';

/** Invitations and identities in memory, over the desk's own machines. */
export class FakeMachines implements Machines {
  readonly #desk: FakeDesk;
  readonly #clock: Clock;
  open: Invite[] = [];
  hasLines = true;

  constructor(desk: FakeDesk, clock: Clock) {
    this.#desk = desk;
    this.#clock = clock;
  }

  readonly lines = async (token: string) =>
    this.hasLines
      ? {
          posix: `curl -fsSk --pinnedpubkey "sha256//${'A'.repeat(43)}=" "https://nerdy.example.com:7443/install.sh" | sudo sh -s -- ${token}`,
          windows: `$f = [IO.Path]::GetTempFileName(); curl.exe -fsSk -o $f 'https://nerdy.example.com:7443/install.ps1'; if ((Get-FileHash $f).Hash -ne '${'A'.repeat(64)}') { throw 'no' }; & $f -Token '${token}'`,
        }
      : null;

  readonly enrolment: Machines['enrolment'] = {
    invite: async (by: Actor, wish: InviteWish) => {
      const problem = labelsProblem(wish.labels);
      if (problem !== null) return { kind: 'refused', sentence: sentence('labels_unusable', { problem }) };
      const createdAt = this.#clock.now();
      const invite: Invite = {
        ...{ id: randomUUID(), secretDigest: 'ab', rejoins: null, used: null, withdrawnAt: null },
        ...{ name: wish.name, labels: wish.labels, by, createdAt },
        expiresAt: createdAt + (wish.expiresMs ?? inviteMs),
      };
      this.open = [invite, ...this.open];
      const caFingerprint = 'cd'.repeat(32);
      const address = 'nerdy.example.com:7443';
      const token = writeJoinToken({ address, caFingerprint, inviteId: invite.id, secret: randomBytes(32) });
      return { kind: 'invited', invite, token };
    },
    withdraw: async (_by, id) => {
      const invite = this.open.find((one) => one.id === id);
      if (!invite) return { kind: 'refused', sentence: sentence('invite_unknown', { id }) };
      this.open = this.open.filter((one) => one !== invite);
      return { kind: 'done', invite };
    },
    invites: async () => this.open,
    remove: async (_by, name) => this.#change(name, 'removed'),
    resume: async (_by, name) => this.#change(name, 'active'),
  };

  #change(name: string, state: AgentIdentity['state']): Managed {
    const agent = this.#desk.agentList.find((one) => one.name === name);
    if (!agent?.identity) return { kind: 'refused', sentence: sentence('agent_unknown', { name }) };
    const changed = { ...agent, identity: { ...agent.identity, state, why: null } };
    const rest = (other: Agent): Agent[] =>
      other !== agent ? [other] : state === 'removed' ? [] : [changed];
    this.#desk.agentList = this.#desk.agentList.flatMap(rest);
    return { kind: 'done', agent: changed };
  }
}

/** An identity as it is on an ordinary day. */
export const anIdentity = (over: Partial<AgentIdentity> = {}): AgentIdentity => ({
  ...{ state: 'active', since: 0, why: null, generation: 1 },
  certificateUntil: Date.now() + 5 * 24 * 3_600_000,
  ...over,
});
