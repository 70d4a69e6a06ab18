import { loadServices, protocolVersion, type WireJoinReply } from '../../proto/agent-stream.ts';
import { type JoinToken, readJoinToken } from '../../src/core/join-token.ts';
import { publicKeyFrom } from '../../src/core/order.ts';
import type { JoinOptions } from './config.ts';
import { certificateProblem, lifeOf } from './core/certificate.ts';
import { type CommandReport, ExitCode } from './core/exit-code.ts';
import type { Identity } from './core/identity.ts';
import { refusalOf } from './core/refusal.ts';
import { type Called, callJoin } from './link/enrolment-call.ts';
import { meetServer } from './link/first-contact.ts';
import { makeDataDir } from './run/data-dir.ts';
import { lockDataDir } from './run/data-dir-lock.ts';
import { nodeDisk } from './run/disk.ts';
import { readIdentity, writeIdentity } from './run/identity-file.ts';
import { forgetJoinKey, joinKeyFor } from './run/join-key.ts';
import { keepPolicy } from './run/keep-policy.ts';
import type { Machine } from './run/machine.ts';
import { type PolicyPlace, wirePolicyOf } from './run/policy-keeper.ts';
import { putSpoolAside } from './run/spool-look.ts';

export interface JoinParts {
  protoText: string;
  inspect: () => Promise<Machine>;
  policy: PolicyPlace;
}

const grpcUnavailable = 14;
const grpcDeadlineExceeded = 4;

const no = (exitCode: CommandReport['exitCode'], text: string): CommandReport => ({ text, exitCode });

/**
 * `join`: makes this machine an agent of the server that a token names. Anything that fails leaves the machine as it
 * was, but for the key that the same token is tried with again.
 */
export const joinCommand = async (options: JoinOptions, parts: JoinParts): Promise<CommandReport> => {
  const { dataDir, again } = options;
  const token = readJoinToken(options.token);
  if (!token) {
    return no(
      ExitCode.usage,
      'The token is not whole, so nothing was tried. Copy the whole line that `nerdy agents invite` printed, or make a new invitation.',
    );
  }
  const before = readIdentity(dataDir);
  const hurdle = before && hurdleOf(before, dataDir, again);
  if (hurdle) return no(ExitCode.refused, hurdle);
  makeDataDir(dataDir, nodeDisk);
  const unlock = await lockDataDir(dataDir);
  if (!unlock) {
    return no(
      ExitCode.refused,
      `An agent is running on ${dataDir}. Stop it, join, then start it again: it reads who it is when it starts.`,
    );
  }
  try {
    return await join(token, before, options, parts);
  } finally {
    unlock();
  }
};

const hurdleOf = ({ enrolment, pinned }: Identity, dataDir: string, again: boolean): string | null => {
  if (!enrolment) {
    return `${dataDir} belongs to an agent of a server's local socket. Give --data another directory for the one that joins.`;
  }
  return again
    ? null
    : `This machine has joined already: the server ${pinned.serverId} at ${enrolment.address}, as "${enrolment.name}". Run \`nerdy-agent join\` with --again to join anew, or \`nerdy-agent leave\` first.`;
};

const join = async (
  token: JoinToken,
  before: Identity | null,
  { dataDir, name }: JoinOptions,
  { protoText, inspect, policy }: JoinParts,
): Promise<CommandReport> => {
  const { address, inviteId, secret } = token;
  const met = await meetServer(address, token.caFingerprint);
  if (met.kind === 'unreachable') return no(ExitCode.unreachable, noServerAt(address, met.reason));
  if (met.kind === 'stranger') return no(ExitCode.refused, strangerAt(address));
  const key = await joinKeyFor(dataDir, inviteId, nodeDisk);
  const { requestCertificate } = await import('./link/certificate-request.ts');
  const machine = await inspect();
  const facts = { ...machine.facts, policy: wirePolicyOf(keepPolicy({ dataDir, machine, policy })) };
  const called = await callJoin(
    loadServices(protoText).enrolment,
    { hostPort: address, ca: met.ca, client: null },
    { inviteId, secret, csr: await requestCertificate(key), name, facts, protocolVersion },
  );
  if (called.kind === 'failed') return failed(called, address);
  const problem = problemOf(called.reply, key);
  if (problem !== null) {
    return no(
      ExitCode.fault,
      `The server at ${address} answered, but ${problem}, so this machine has not joined. Check that agent and server fit together.`,
    );
  }
  return keep(called.reply, { address, key, dataDir, before });
};

const noServerAt = (address: string, reason: string): string =>
  `No server can be reached at ${address} (${reason}). Check that it runs and that this machine may connect to it, then run the same line again.`;

const strangerAt = (address: string): string =>
  `What answers at ${address} is not the server that made this token: its certificates don't lead to the authority that the token names. Nothing secret was sent. Somebody may stand between, or another server has that address.`;

const failed = ({ code, details }: Called<never> & { kind: 'failed' }, address: string): CommandReport => {
  if (code === grpcDeadlineExceeded)
    return no(ExitCode.unreachable, noServerAt(address, 'it did not answer in time'));
  const refusal = refusalOf(code, details, address);
  // Whoever shows a copy of the authority's certificate is not vouched for by it.
  if (refusal?.kind === 'untrusted') return no(ExitCode.refused, strangerAt(address));
  if (refusal?.kind === 'clock') return no(ExitCode.refused, refusal.sentence);
  if (code === grpcUnavailable) return no(ExitCode.unreachable, noServerAt(address, details));
  return no(
    ExitCode.refused,
    details === '' ? `The server at ${address} refused and did not say why.` : details,
  );
};

const problemOf = (reply: WireJoinReply, key: string): string | null => {
  if (reply.agentId === '' || reply.serverId === '') return 'it did not say who this machine is';
  try {
    publicKeyFrom(reply.signingKey);
  } catch {
    return 'it sent no usable signing key';
  }
  return certificateProblem(reply.certificate, reply.caCertificate, key);
};

/** Key, certificate, authority and pin become this machine's in one step. */
const keep = async (
  { agentId, name, labels, certificate, caCertificate: ca, serverId, signingKey }: WireJoinReply,
  {
    address,
    key,
    dataDir,
    before,
  }: { address: string; key: string; dataDir: string; before: Identity | null },
): Promise<CommandReport> => {
  const pinned = { serverId, key: signingKey.toString('base64'), former: [] };
  const enrolment = { address, name, labels, key, certificate, ca };
  await writeIdentity(dataDir, { agentId, pinned, enrolment }, nodeDisk);
  await forgetJoinKey(dataDir, nodeDisk);
  const lines = [
    `Joined the server ${serverId} at ${address} as "${name}"${labelsText(labels)}.`,
    `The certificate is good until ${new Date(lifeOf(certificate).until).toISOString()} and renewed by the agent before.`,
  ];
  const aside =
    before && before.agentId !== agentId ? putSpoolAside(dataDir, before.agentId, nodeDisk) : null;
  if (aside) lines.push(`What the agent that was here before had in its spool is in ${aside}.`);
  lines.push('Now start the agent, as a service or with `nerdy-agent run`.');
  return { text: lines.join('\n'), exitCode: ExitCode.ok };
};

const labelsText = (labels: Record<string, string>): string => {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '' : ` (${pairs.join(' ')})`;
};
