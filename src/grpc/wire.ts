import type {
  WireAuditHead,
  WireFinished,
  WireHello,
  WireReason,
  WireRefused,
  WireSpoolState,
} from '../../proto/agent-stream.ts';
import type { SignedAuditHead } from '../core/audit-head.ts';
import { labelPattern } from '../core/labels.ts';
import { labelsMax } from '../core/limits.ts';
import { RunState } from '../core/run.ts';
import { agentNamePattern } from '../core/selector.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import { visible } from '../core/visible.ts';
import type { Greeting } from '../flow/greet.ts';
import type { Finish } from '../flow/report.ts';
import { helloRunsMax } from './limits.ts';
import { factsOf, short } from './machine-wire.ts';

/** Translates between the wire's words and ours. Text from machines is cut to bounds here and is data ever after. */

/** Values that stand in none of these are unspecified, or of a later version that this one can't know. */
const spoolStates: { readonly [S in WireSpoolState]?: Greeting['runs'][number]['state'] } = {
  SPOOL_STATE_ACCEPTED: 'accepted',
  SPOOL_STATE_STARTED: 'started',
  SPOOL_STATE_FINISHED: 'finished',
};

export type ReadGreeting = { ok: true; greeting: Greeting } | { ok: false; problem: string };

/**
 * Checks a hello. On the local socket name and labels are the owner's own word; elsewhere they are `known`, from enrolment,
 * and what the hello says of them is not looked at.
 */
export const greetingOf = (
  hello: WireHello,
  known: { name: string; labels: Record<string, string> } | null,
): ReadGreeting => {
  if (!idPattern.test(hello.agentId)) return { ok: false, problem: 'agent_id is missing or malformed' };
  if (!idPattern.test(hello.spoolId)) return { ok: false, problem: 'spool_id is missing or malformed' };
  if (!known && !agentNamePattern.test(hello.localName))
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
      name: known ? known.name : hello.localName,
      labels: known ? known.labels : labelsOf(hello.localLabels),
      facts,
      spoolId: hello.spoolId,
      bootId: short(hello.bootId),
      runs,
    },
  };
};

const idPattern = /^[A-Za-z0-9-]{8,64}$/;

const labelsOf = (labels: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels)
      .filter(([key, value]) => labelPattern.test(key) && labelPattern.test(value))
      .slice(0, labelsMax),
  );

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
      return { ...base, end, exitCode: finished.exitCode, sentence: outputSentence(finished, name) };
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
      return {
        ...base,
        end: RunState.lost,
        exitCode: null,
        sentence: null,
        lost: { name, why: short(finished.detail) || 'what watched it is gone and left no exit code' },
      };
    default:
      return null;
  }
};

const outputSentence = (finished: WireFinished, name: string): Sentence | null => {
  if (finished.endMissing && finished.reason === 'REASON_SPOOL')
    return sentence('output_given_up', { name, reason: short(finished.detail) || 'no reason was given' });
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
  if (reason === 'REASON_SPOOL')
    return sentence('refused_spool', { name, reason: short(detail) || 'no reason was given' });
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
