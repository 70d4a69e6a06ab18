import { status } from '@grpc/grpc-js';
import { protocolVersion, protocolVersionMin, type WireHello } from '../../proto/agent-stream.ts';
import { sentence } from '../core/sentences.ts';
import { type Greeting, takeName } from '../flow/greet.ts';
import type { Store } from '../ports/store.ts';
import type { Door, Identities } from './doors.ts';
import { greetingOf } from './wire.ts';

/** How a stream is ended: a code for programs, a sentence for people. */
export interface Refusal {
  code: status;
  details: string;
}

export type Received =
  /** `spoken` is the protocol of the stream: the lower of both ends' highest. */
  { kind: 'received'; greeting: Greeting; spoken: number } | ({ kind: 'refused' } & Refusal);

const refused = (code: status, details: string): Received => ({ kind: 'refused', code, details });

/** Reads a hello: who it is by the door that it came in, and whether both ends can talk. Nothing is written. */
export const receiveHello = async (
  hello: WireHello,
  door: Door,
  { store, identities }: { store: Store; identities: Identities | null },
): Promise<Received> => {
  if (hello.protocolVersion < protocolVersionMin) {
    return refused(
      status.FAILED_PRECONDITION,
      `this server speaks protocol ${protocolVersionMin} to ${protocolVersion}; install its agent`,
    );
  }
  let known: { name: string; labels: Record<string, string> } | null = null;
  if (door.kind === 'certified') {
    if (hello.agentId !== door.certified.agentId) {
      return refused(status.PERMISSION_DENIED, sentence('hello_not_certified', {}).text);
    }
    const admitted = await identities?.admit(door.certified);
    if (!admitted) return refused(status.UNAVAILABLE, 'nobody here knows the identities');
    if (admitted.kind === 'refused') return { kind: 'refused', ...refusalOfIdentity(admitted) };
    known = admitted;
  } else {
    const held = await store.getAgent(hello.agentId);
    // It would have no certificate to lose: what was removed or suspended would be back by this door.
    if (held?.identity) {
      return refused(status.PERMISSION_DENIED, sentence('identity_not_local', { name: held.name }).text);
    }
  }
  const read = greetingOf(hello, known);
  if (!read.ok) return refused(status.INVALID_ARGUMENT, `the hello can't be used: ${read.problem}`);
  const spoken = Math.min(hello.protocolVersion, protocolVersion);
  return { kind: 'received', greeting: read.greeting, spoken };
};

/** A suspended agent may be back; for the others there is nothing to wait for. */
export const refusalOfIdentity = (why: { code: string; sentence: { text: string } }): Refusal => ({
  code: why.code === 'suspended' ? status.PERMISSION_DENIED : status.UNAUTHENTICATED,
  details: why.sentence.text,
});

/** Names are free at the local socket, where an agent brings its own; enrolment has settled the others'. */
export const settleName = async (store: Store, door: Door, greeting: Greeting): Promise<Refusal | null> => {
  if (door.kind === 'certified' || (await takeName(store, greeting))) return null;
  const { name } = greeting;
  return { code: status.ALREADY_EXISTS, details: sentence('local_name_taken', { name }).text };
};
