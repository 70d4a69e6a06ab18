import type { PlaceOptions } from './config.ts';
import { lifeOf } from './core/certificate.ts';
import { type CommandReport, ExitCode } from './core/exit-code.ts';
import { isDataDirHeld } from './run/data-dir-lock.ts';
import { nodeDisk } from './run/disk.ts';
import { readIdentity } from './run/identity-file.ts';
import { PolicyKeeper, type PolicyPlace } from './run/policy-keeper.ts';
import { countRuns, type SpoolCount } from './run/spool-look.ts';
import { type AgentStatus, readStatus } from './run/status-file.ts';

/** What `status --json` prints. Times are ISO 8601, by this machine's clock but for the certificate's. */
interface Report {
  dataDir: string;
  agentId: string;
  serverId: string | null;
  /** Null for an agent of the local socket. */
  joined: {
    address: string;
    name: string;
    labels: Record<string, string>;
    certificateFrom: string;
    certificateUntil: string;
  } | null;
  /** Null while no agent runs. */
  agent:
    | (Omit<AgentStatus, 'since' | 'lastWelcomeAt'> & { since: string; lastWelcomeAt: string | null })
    | null;
  runs: SpoolCount;
  policy: string;
}

/** `status`: what this machine has joined and how it stands. Asks no server, and changes nothing. */
export const statusCommand = async (
  { dataDir, json }: PlaceOptions,
  policy: PolicyPlace,
): Promise<CommandReport> => {
  const identity = readIdentity(dataDir);
  if (!identity) {
    const text = json
      ? JSON.stringify({ dataDir, joined: null })
      : `This machine has joined no server: ${dataDir} holds no identity. Run \`nerdy-agent join <token>\` with the token of an invitation.`;
    return { text, exitCode: ExitCode.notJoined };
  }
  const { enrolment, pinned, agentId } = identity;
  const status = (await isDataDirHeld(dataDir)) ? readStatus(dataDir) : null;
  const report: Report = {
    dataDir,
    agentId,
    serverId: pinned.serverId,
    joined: null,
    agent: status && {
      ...status,
      since: isoOf(status.since),
      lastWelcomeAt: status.lastWelcomeAt === null ? null : isoOf(status.lastWelcomeAt),
    },
    runs: countRuns(dataDir, nodeDisk),
    policy: policyText(policy),
  };
  if (enrolment) {
    const { address, name, labels, certificate } = enrolment;
    const { from, until } = lifeOf(certificate);
    report.joined = {
      address,
      name,
      labels,
      certificateFrom: isoOf(from),
      certificateUntil: isoOf(until),
    };
  }
  return { text: json ? JSON.stringify(report, null, 2) : textOf(report), exitCode: ExitCode.ok };
};

const isoOf = (ms: number): string => new Date(ms).toISOString();

const policyText = (place: PolicyPlace): string => {
  const state = new PolicyKeeper({ place, user: '' }).state();
  if (state.kind === 'none') return 'none: what was approved runs';
  if (state.kind === 'file') return `${place.path}, mode ${state.policy.mode}`;
  return `${place.path} can't be relied on (${state.problem}): nothing runs`;
};

const textOf = ({ dataDir, serverId, joined, agent, runs, policy }: Report): string => {
  const labels = Object.entries(joined?.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const lines = joined
    ? [
        `Joined     the server ${serverId} at ${joined.address}`,
        `Name       ${joined.name}${labels.length === 0 ? '' : ` (${labels.join(' ')})`}, as it was when it joined`,
        `Certified  until ${joined.certificateUntil}`,
      ]
    : [`Joined     the server ${serverId ?? 'of a local socket'} by its local socket`];
  lines.push(`Agent      ${agentText(agent)}`);
  if (agent?.lastWelcomeAt) lines.push(`Welcomed   ${agent.lastWelcomeAt}`);
  if (agent?.offeredVersion && agent.offeredVersion !== agent.agentVersion)
    lines.push(`Offered    the agent ${agent.offeredVersion}; here it is ${agent.agentVersion}`);
  lines.push(
    `Runs       ${runs.accepted} waiting, ${runs.started} running, ${runs.finished} ended and not acknowledged`,
    `Policy     ${policy}`,
    `Data       ${dataDir}`,
  );
  return lines.join('\n');
};

const agentText = (agent: Report['agent']): string => {
  if (!agent) return 'not running';
  const { pid, agentVersion, state, since, reason } = agent;
  const told = {
    connected: `connected since ${since}`,
    connecting: `not connected since ${since}`,
    refused: `refused since ${since}`,
  };
  return `running (process ${pid}, version ${agentVersion}), ${told[state]}${reason ? `: ${reason}` : ''}`;
};
