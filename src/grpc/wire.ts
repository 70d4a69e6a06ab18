import type {
  WireAuditHead,
  WireCloud,
  WireFacts,
  WireFinished,
  WireHeartbeat,
  WireHello,
  WireInterpreter,
  WirePlatform,
  WirePolicyState,
  WireReason,
  WireRefused,
  WireSpoolState,
} from '../../proto/agent-stream.ts';
import type { AgentLoad, LocalPolicy, MachineFacts } from '../core/agent.ts';
import type { SignedAuditHead } from '../core/audit-head.ts';
import { RunState } from '../core/run.ts';
import { Interpreter } from '../core/script.ts';
import { agentNamePattern } from '../core/selector.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import { Platform } from '../core/task.ts';
import { visible } from '../core/visible.ts';
import type { Greeting } from '../flow/greet.ts';
import type { Finish } from '../flow/report.ts';
import { helloRunsMax } from './limits.ts';

/** Translates between the wire's words and ours. Text from machines is cut to bounds here and is data ever after. */

/** Values that stand in none of these are unspecified, or of a later version that this one can't know. */
const platforms: { readonly [P in WirePlatform]?: Platform } = {
  PLATFORM_LINUX: Platform.linux,
  PLATFORM_MACOS: Platform.macos,
  PLATFORM_WINDOWS: Platform.windows,
};
const spoolStates: { readonly [S in WireSpoolState]?: Greeting['runs'][number]['state'] } = {
  SPOOL_STATE_ACCEPTED: 'accepted',
  SPOOL_STATE_STARTED: 'started',
  SPOOL_STATE_FINISHED: 'finished',
};
const interpreters: { readonly [I in WireInterpreter]?: Interpreter } = {
  INTERPRETER_BASH: Interpreter.bash,
  INTERPRETER_POWERSHELL: Interpreter.powershell,
};

export type ReadGreeting = { ok: true; greeting: Greeting } | { ok: false; problem: string };

/** Checks a hello from the local socket, where name and labels are the owner's own word. */
export const greetingOf = (hello: WireHello): ReadGreeting => {
  if (!idPattern.test(hello.agentId)) return { ok: false, problem: 'agent_id is missing or malformed' };
  if (!idPattern.test(hello.spoolId)) return { ok: false, problem: 'spool_id is missing or malformed' };
  if (!agentNamePattern.test(hello.localName))
    return { ok: false, problem: 'local_name is not a machine name' };
  if (hello.runs.length > helloRunsMax) return { ok: false, problem: 'hello names too many runs' };
  const facts = hello.facts && factsOf(hello.facts);
  if (!facts) return { ok: false, problem: 'facts are missing or name no platform' };
  const runs = [];
  for (const run of hello.runs) {
    const state = spoolStates[run.state];
    if (run.runId.length !== 32 || state === undefined) return { ok: false, problem: 'a run is malformed' };
    runs.push({ id: run.runId.toString('hex'), state });
  }
  return {
    ok: true,
    greeting: {
      agentId: hello.agentId,
      name: hello.localName,
      labels: labelsOf(hello.localLabels),
      facts,
      spoolId: hello.spoolId,
      bootId: short(hello.bootId),
      runs,
    },
  };
};

const idPattern = /^[A-Za-z0-9-]{8,64}$/;
const labelPattern = /^[A-Za-z0-9_.-]{1,63}$/;
const factCharsMax = 200;
const listItemsMax = 32;

const short = (text: string): string => text.slice(0, factCharsMax);

const labelsOf = (labels: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels)
      .filter(([key, value]) => labelPattern.test(key) && labelPattern.test(value))
      .slice(0, listItemsMax),
  );

const factsOf = (facts: WireFacts): MachineFacts | null => {
  const platform = platforms[facts.platform];
  if (platform === undefined) return null;
  return {
    platform,
    arch: short(facts.arch),
    hostname: short(facts.hostname),
    osVersion: short(facts.osVersion),
    kernel: short(facts.kernel),
    privateIps: facts.privateIps.slice(0, listItemsMax).map(short),
    shells: facts.shells.slice(0, listItemsMax).flatMap((s) => {
      const interpreter = interpreters[s.interpreter];
      if (interpreter === undefined) return [];
      return [{ interpreter, version: short(s.version), path: short(s.path) }];
    }),
    cpus: facts.cpus,
    memoryBytes: facts.memoryBytes,
    agentVersion: short(facts.agentVersion),
    policy: policyOf(facts.policy),
    cloud: facts.cloud ? cloudOf(facts.cloud) : null,
  };
};

const cloudOf = ({ provider, instanceId, instanceType, zone }: WireCloud) => ({
  provider: short(provider),
  instanceId: short(instanceId),
  instanceType: short(instanceType),
  zone: short(zone),
});

/** Disks that a card or a chart shows of one machine. */
const disksMax = 16;

/** A heartbeat in our words. A number that is none would make every sum that it enters none too. */
export const loadOf = (beat: WireHeartbeat): Omit<AgentLoad, 'at'> => ({
  cpuFraction: Math.min(1, finite(beat.cpuFraction)),
  memoryUsedBytes: finite(beat.memoryUsedBytes),
  memoryTotalBytes: finite(beat.memoryTotalBytes),
  diskUsedBytes: finite(beat.diskUsedBytes),
  diskTotalBytes: finite(beat.diskTotalBytes),
  load1: finite(beat.load1),
  uptimeSeconds: finite(beat.uptimeSeconds),
  disks: beat.disks.slice(0, disksMax).map((disk) => ({
    mount: visible(short(disk.mount)).text,
    usedBytes: finite(disk.usedBytes),
    totalBytes: finite(disk.totalBytes),
  })),
});

const finite = (value: number): number => (Number.isFinite(value) && value > 0 ? value : 0);

const policyStates: { readonly [S in WirePolicyState]?: LocalPolicy['state'] } = {
  POLICY_STATE_NONE: 'none',
  POLICY_STATE_APPROVED: 'approved',
  POLICY_STATE_READ_ONLY: 'read-only',
  POLICY_STATE_BROKEN: 'broken',
};

const policyOf = (policy: WireFacts['policy']): LocalPolicy | null => {
  const state = policy ? policyStates[policy.state] : undefined;
  return policy && state ? { state, isBinding: policy.binding } : null;
};

/** An agent's end in our words; null for one that this version doesn't know. */
export const finishOf = (finished: WireFinished, timeoutMs: number, name: string): Finish | null => {
  const base = {
    stdoutBytes: finished.stdoutBytes,
    stderrBytes: finished.stderrBytes,
    stdoutCutAt: finished.stdoutCut ? finished.stdoutCutAt : null,
    stderrCutAt: finished.stderrCut ? finished.stderrCutAt : null,
  };
  switch (finished.end) {
    case 'FINISHED_END_EXITED': {
      const end = finished.exitCode === 0 ? RunState.succeeded : RunState.failed;
      return { ...base, end, exitCode: finished.exitCode, sentence: outputSentence(finished) };
    }
    case 'FINISHED_END_TIMED_OUT': {
      const why = sentence('timed_out', { seconds: Math.round(timeoutMs / 1000) });
      return { ...base, end: RunState.timed_out, exitCode: finished.exitCode, sentence: why };
    }
    case 'FINISHED_END_CANCELLED':
      return { ...base, end: RunState.cancelled, exitCode: null, sentence: null };
    case 'FINISHED_END_UNSTARTED':
      return {
        ...base,
        end: RunState.unstarted,
        exitCode: null,
        sentence: unstartedSentence(finished, name),
      };
    case 'FINISHED_END_LOST':
      return { ...base, end: RunState.lost, exitCode: null, sentence: sentence('lost_wrapper', {}) };
    default:
      return null;
  }
};

const outputSentence = (finished: WireFinished): Sentence | null => {
  if (finished.endMissing) return sentence('output_end_missing', {});
  if (!finished.stdoutCut && !finished.stderrCut) return null;
  return sentence('output_cut', { keptBytes: finished.stdoutBytes + finished.stderrBytes });
};

const unstartedSentence = (
  { reason, detail }: { reason: WireReason; detail: string },
  name: string,
): Sentence => {
  if (reason === 'REASON_POLICY') return policySentence(name, detail);
  if (reason === 'REASON_NO_SHELL')
    return sentence('unstarted_no_shell', { interpreter: short(detail) || 'the shell' });
  if (reason === 'REASON_LATE') return sentence('unstarted_late', {});
  if (reason === 'REASON_SYNTAX') {
    const said = visible(detail.slice(0, agentDetailCharsMax)).text;
    return sentence('unstarted_syntax', { name, said: said || 'it did not say why' });
  }
  return sentence('unstarted_fault', { reason: short(detail) || 'no reason was given' });
};

/** A line or two of an agent's: a rule's name with its reason, or what Bash said. */
const agentDetailCharsMax = 300;
const policySentence = (name: string, detail: string): Sentence =>
  sentence('refused_policy', {
    name,
    reason: detail.slice(0, agentDetailCharsMax) || 'no reason was given',
  });

/** Why the agent of that name refused an order, as a sentence. */
export const refusalOf = ({ reason, detail }: WireRefused, name: string): Sentence => {
  if (reason === 'REASON_POLICY') return policySentence(name, detail);
  if (reason === 'REASON_SIGNATURE') return sentence('refused_signature', {});
  if (reason === 'REASON_SPOOL') return sentence('unstarted_fault', { reason: short(detail) });
  if (reason === 'REASON_LATE') return sentence('unstarted_late', {});
  return sentence('refused_document', { reason: short(detail) || 'no reason was given' });
};

/** A head that an agent sends, as it says it; null for what has not a head's form. */
export const headOf = (wire: WireAuditHead | null): SignedAuditHead | null => {
  if (wire?.hash.length !== 32 || !Number.isSafeInteger(wire.seq) || wire.seq < 1) return null;
  const { serverId, seq, hash, at, keyId, signature } = wire;
  return { server: short(serverId), seq, hash: hash.toString('hex'), at, keyId: short(keyId), signature };
};

export const wireHeadOf = ({ server, seq, hash, at, keyId, signature }: SignedAuditHead): WireAuditHead => ({
  serverId: server,
  seq,
  hash: Buffer.from(hash, 'hex'),
  at,
  keyId,
  signature,
});
