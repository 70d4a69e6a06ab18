import { createHash } from 'node:crypto';
import type { IncidentEventKind } from './incident.ts';
import type { RunEventKind } from './run-transition.ts';
import type { Actor, Instant } from './task.ts';
import type { TaskEventKind } from './transition.ts';

export type AuditKind =
  | 'task.create'
  | `task.${TaskEventKind}`
  | 'task.distrust'
  | 'task.keep'
  | `run.${RunEventKind}`
  | 'agent.join'
  | 'agent.online'
  | 'agent.offline'
  | 'agent.rename'
  | 'agent.relabel'
  | 'agent.invite'
  | 'agent.withdraw'
  | 'agent.enrol'
  | 'agent.remove'
  | 'agent.suspend'
  | 'agent.resume'
  | 'agent.refused'
  | 'join.refused'
  | 'agent.witness-conflict'
  | 'approve.refused'
  | 'card.show'
  | 'agent.distrust'
  | 'queue.foreign'
  | 'key.rotate'
  | `incident.${'open' | 'storm' | 'diagnose' | Exclude<IncidentEventKind, 'change'>}`
  | 'hook.add'
  | 'hook.bind'
  | 'hook.remove'
  | 'watch.add'
  | 'watch.remove'
  | 'runbook.restore'
  | 'runbook.retire'
  | 'server.start';

/** What a change says of itself; the store gives it its place in the log. */
export interface AuditNote {
  kind: AuditKind;
  actor: Actor;
  task: number | null;
  run: string | null;
  /** Of the script, proposal or document that it is about. */
  digest: string | null;
  detail: Record<string, string | number | boolean | null>;
}

/** One entry of the one ordered log (law 9). Its sequence is SSE's id and the publisher's cursor. */
export interface AuditEntry extends AuditNote {
  seq: number;
  at: Instant;
  /** Hash of the entry before; 64 zeros for the first. */
  previous: string;
  hash: string;
}

export const auditGenesis = '0'.repeat(64);

/** SHA-256 in hex over the previous hash and the entry's fields in this fixed order. */
export const auditHash = (previous: string, seq: number, at: Instant, note: AuditNote): string => {
  const { kind, actor, task, run, digest, detail } = note;
  const fields = [seq, at, kind, actor.kind, actor.surface, actor.id, actor.name, task, run, digest];
  const sorted = Object.keys(detail)
    .sort()
    .map((key) => [key, detail[key]]);
  return createHash('sha256')
    .update(previous)
    .update('\n')
    .update(JSON.stringify([fields, sorted]))
    .digest('hex');
};

/** The actor of what the rules decide without a person. */
export const policyActor = (rule: string): Actor => ({
  kind: 'server',
  surface: 'policy',
  id: rule,
  name: `the rule "${rule}"`,
});

/** The actor of what the server does by itself. */
export const serverActor: Actor = { kind: 'server', surface: 'server', id: 'server', name: 'NerdyOps' };
