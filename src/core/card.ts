import type { Agent } from './agent.ts';
import type { Answer, FollowUp } from './answer.ts';
import { cancelledHeadline, cancelledSentence } from './cancelled.ts';
import { actionsOf, type CardAction } from './card-actions.ts';
import type { CardTerms } from './card-terms.ts';
import { IdentityState } from './enrolment.ts';
import { excerptCharsMax } from './limits.ts';
import { holdsMask } from './mask.ts';
import { identityOf, isLocalIdentity } from './policy/roster.ts';
import type { Proposal } from './proposal.ts';
import { type Classification, Effect, Risk, worse } from './risk/effect.ts';
import { reasonShown } from './risk-reasons.ts';
import { isRunEnded, type Run, RunState } from './run.ts';
import { type Sentence, sentence } from './sentences.ts';
import {
  type Actor,
  type Instant,
  isTaskEnded,
  type Place,
  type Platform,
  type Task,
  TaskState,
} from './task.ts';
import { visible } from './visible.ts';

export type CardTone = 'waiting' | 'working' | 'good' | 'bad' | 'quiet';

export interface CardTarget {
  name: string;
  platform: Platform;
  online: boolean;
  labels: Record<string, string>;
}

export interface CardScript {
  interpreter: string;
  platforms: Platform[];
  /** With every hidden character made visible (law 1). */
  text: string;
  /** True when something in it had to be made visible. */
  hasHidden: boolean;
  digest: string;
  lines: number;
  /** What it does, line by line, from its syntax tree (law 4). */
  risk: Classification;
}

/** What the whole proposal does, the worst of its scripts. */
export interface CardRisk {
  risk: Risk;
  effects: readonly Effect[];
  /** The reason in words, of the worst line. */
  why: string | null;
  /** Lines whose effect can't be undone, read secrets, or could not be read by the parser. */
  irreversible: boolean;
  readsSecrets: boolean;
  unparsed: boolean;
}

export interface CardRun {
  id: string;
  name: string;
  state: RunState;
  exitCode: number | null;
  sentence: Sentence | null;
  startedAt: Instant | null;
  endedAt: Instant | null;
  stdoutBytes: number;
  stderrBytes: number;
}

/** What a card shows, once, for all surfaces. Surfaces turn it into blocks, components or HTML and nothing else. */
export interface Card {
  task: number;
  revision: number;
  state: TaskState;
  tone: CardTone;
  /** One line: where the task stands, for a phone at night. */
  headline: string;
  request: string;
  /** Where it was asked. The thread is named by the task that began it, unless the platform names it. */
  place: Place;
  asker: Actor;
  askedAt: Instant;
  targets: CardTarget[];
  summary: string | null;
  scripts: CardScript[];
  /** Null before there is a script. */
  risk: CardRisk | null;
  /** How the open decision comes about; null where none is open. */
  terms: CardTerms | null;
  /** Who said yes so far, in order. */
  votes: { by: string; at: Instant }[];
  proposal: {
    revision: number;
    digest: string;
    drafter: Proposal['drafter'];
    runbook: string | null;
    /** Of a runbook that people kept; null for a file's, and without one. */
    runbookVersion: number | null;
  } | null;
  /** The runbook that the script was kept as; null where nobody kept it. */
  kept: { name: string; version: number; by: string; at: Instant } | null;
  timeoutMs: number | null;
  decideBy: Instant | null;
  /** "Approved by ada", with when and why. */
  decision: { verdict: string; by: string; at: Instant; reason: string | null } | null;
  question: { text: string; options: string[] } | null;
  progress: { total: number; ended: number; bad: number; held: number } | null;
  /** The interesting ones first: bad ends, then running, then waiting, then good. */
  runs: CardRun[];
  notices: Sentence[];
  answer: Answer | null;
  /** Suggested next requests; also the way out of a failure. */
  followUps: FollowUp[];
  actions: CardAction[];
}

/** All that a card is made of. `agents` are those known now; a target that left is still shown. */
export interface CardSource {
  task: Task;
  proposal: Proposal | null;
  runs: readonly Run[];
  agents: readonly Agent[];
  /** What the rules ask of the open decision; null where none is open. */
  terms: CardTerms | null;
}

/** Says what a card shows. Pure: the same rows give the same card. */
export const cardOf = ({ task, proposal, runs, agents, terms }: CardSource): Card => {
  const byId = new Map(agents.map((a) => [a.id, a]));
  const bad = runs.filter((r) => isBadEnd(r.state)).length;
  return {
    task: task.number,
    revision: task.revision,
    state: task.state,
    tone: toneOf(task, bad),
    headline: headlineOf(task, runs, bad),
    request: visible(task.request).text,
    place: task.place,
    asker: task.asker,
    askedAt: task.createdAt,
    targets: task.targets.map((t) => ({
      name: t.name,
      platform: t.platform,
      online: byId.get(t.agentId)?.online ?? false,
      labels: byId.get(t.agentId)?.labels ?? {},
    })),
    summary: proposal?.summary ? visible(proposal.summary).text : null,
    scripts: (proposal?.scripts ?? []).map((s) => {
      const shown = visible(s.text);
      return {
        interpreter: s.interpreter,
        platforms: s.platforms,
        text: shown.text,
        hasHidden: shown.hasHidden,
        digest: s.digest,
        lines: s.text.trimEnd().split('\n').length,
        risk: s.risk,
      };
    }),
    risk: proposal && riskOf(proposal),
    terms: task.state === TaskState.proposed ? terms : null,
    votes: task.votes.map(({ by, at }) => ({ by: by.name, at })),
    proposal: proposal && {
      revision: proposal.revision,
      digest: proposal.digest,
      drafter: proposal.drafter,
      runbook: proposal.runbook?.name ?? null,
      runbookVersion: proposal.runbook?.version ?? null,
    },
    kept: task.kept && { ...task.kept, by: task.kept.by.name },
    timeoutMs: proposal?.timeoutMs ?? null,
    decideBy: task.decideBy,
    decision: task.decision && { ...task.decision, by: task.decision.by.name },
    question: task.question && { text: task.question.sentence.text, options: task.question.options },
    progress:
      task.runsTotal > 0
        ? {
            total: task.runsTotal,
            ended: runs.filter((r) => isRunEnded(r.state)).length,
            bad,
            held: task.runsHeld,
          }
        : null,
    runs: [...runs].sort(byInterest).map((run) => cardRunOf(run, byId.get(run.agentId) ?? null)),
    notices: [
      ...(holdsMask(task.request) ? [sentence('request_redacted', {})] : []),
      ...(task.context === null ? [] : [sentence('context_used', { excerpt: excerptOf(task.context) })]),
      ...(task.sentence ? [task.sentence] : []),
      ...consentNotices(task, byId),
      ...heldTargets(task, byId),
      ...(isLookedAtByOne(task, proposal, terms) ? [sentence('alone', {})] : []),
    ],
    answer: task.answer,
    followUps: task.answer?.followUps ?? task.suggestions,
    actions: actionsOf(task, proposal, runs, terms),
  };
};

/** Enough to tell which message was meant. */
const excerptOf = (text: string): string => {
  const line = visible(text.replace(/\s+/g, ' ').trim()).text;
  return line.length <= excerptCharsMax
    ? line
    : `${line.slice(0, excerptCharsMax).replace(/[\uD800-\uDBFF]$/, '')}…`;
};

/** While something is still to be decided: whoever counts on a machine's own policy should know what it is worth. */
const consentNotices = (task: Task, agents: ReadonlyMap<string, Agent>): Sentence[] => {
  if (task.state !== TaskState.proposed && task.state !== TaskState.paused) return [];
  const names = task.targets
    .filter(({ agentId }) => {
      const policy = agents.get(agentId)?.facts.policy;
      return policy && policy.state !== 'none' && !policy.isBinding;
    })
    .map(({ name }) => name);
  return names.length > 0 ? [sentence('policy_by_consent', { names })] : [];
};

/** Who says yes should know that nothing will come of it there yet. */
const heldTargets = (task: Task, byId: ReadonlyMap<string, Agent>): Sentence[] => {
  if (task.state !== TaskState.proposed) return [];
  const held = task.targets.filter((t) => byId.get(t.agentId)?.identity?.state === IdentityState.suspended);
  return held.length === 0 ? [] : [sentence('machines_suspended', { names: held.map((t) => t.name) })];
};

/** Something dangerous that one person asks for, approves and runs: nobody is kept from it, and nobody is left unaware. */
const isLookedAtByOne = (task: Task, proposal: Proposal | null, terms: CardTerms | null): boolean => {
  if (!proposal || riskOf(proposal).risk !== Risk.dangerous || isTaskEnded(task.state)) return false;
  if (!task.votes.every((v) => isSameActor(v.by, task.asker))) return false;
  return task.state === TaskState.proposed ? terms?.alone === true : task.votes.length > 0;
};

/** The local token's holder is one person, at the command line and in the console that it opens. */
const isSameActor = (a: Actor, b: Actor): boolean =>
  identityOf(a) === identityOf(b) || [a, b].every((one) => isLocalIdentity(identityOf(one)));

const riskOf = ({ scripts }: Proposal): CardRisk => {
  const all = scripts.map((s) => s.risk);
  const risk = all.reduce<Risk>((worst, one) => worse(worst, one.risk), Risk.readOnly);
  const effects = [...new Set(all.flatMap((one) => one.effects))];
  const worst = all.flatMap((one) => one.lines).find((line) => line.risk === risk);
  return {
    risk,
    effects,
    why: worst === undefined ? null : reasonShown(worst.why),
    irreversible: all.some((one) => one.irreversible),
    readsSecrets: effects.includes(Effect.readsSecrets),
    unparsed: all.some((one) => one.unparsed),
  };
};

const cardRunOf = (run: Run, agent: Agent | null): CardRun => ({
  id: run.id,
  name: run.agentName,
  state: run.state,
  exitCode: run.exitCode,
  sentence:
    run.sentence ??
    cancelledSentence(run) ??
    (run.state === RunState.queued && !agent?.online ? waiting(run, agent) : null),
  startedAt: run.startedAt,
  endedAt: run.endedAt,
  stdoutBytes: run.stdoutBytes,
  stderrBytes: run.stderrBytes,
});

const waiting = (run: Run, agent: Agent | null): Sentence => {
  const code = agent?.identity?.state === IdentityState.suspended ? 'agent_held' : 'agent_offline';
  return sentence(code, { name: run.agentName, until: minuteOf(run.runBy) });
};

/** In UTC, since nobody knows where the reader is; a surface that does may say it better from `runBy`. */
const minuteOf = (instant: Instant): string =>
  `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const goodEnds: readonly RunState[] = [RunState.succeeded, RunState.skipped, RunState.cancelled];

/** True for an end that someone should look at. */
export const isBadEnd = (state: RunState): boolean => isRunEnded(state) && !goodEnds.includes(state);

const interest = (run: Run): number => {
  if (isBadEnd(run.state)) return 0;
  if (run.state === RunState.running) return 1;
  return isRunEnded(run.state) ? 3 : 2;
};

const byInterest = (a: Run, b: Run): number =>
  interest(a) - interest(b) || a.agentName.localeCompare(b.agentName, 'en', { numeric: true });

const toneOf = (task: Task, bad: number): CardTone => {
  const waiting: readonly TaskState[] = [TaskState.asking, TaskState.proposed, TaskState.paused];
  if (waiting.includes(task.state)) return 'waiting';
  if (!isTaskEnded(task.state)) return 'working';
  if (task.state === TaskState.done) return bad > 0 || task.answer?.hosts.some((h) => !h.ok) ? 'bad' : 'good';
  return task.state === TaskState.failed || task.state === TaskState.refused ? 'bad' : 'quiet';
};

const machines = (count: number): string => (count === 1 ? '1 machine' : `${count} machines`);

const headlineOf = (task: Task, runs: readonly Run[], bad: number): string => {
  const by = task.decision?.by.name ?? 'someone';
  switch (task.state) {
    case TaskState.drafting:
      return 'Looking for a script';
    case TaskState.asking:
      return 'Which machine?';
    case TaskState.proposed:
      return task.votes.length > 0
        ? `Approved by ${task.votes.map((v) => v.by.name).join(', ')}; somebody else must say yes too`
        : `Ready to run on ${machines(task.targets.length)}: read the script, then decide`;
    case TaskState.running:
      return runningHeadline(task, runs);
    case TaskState.paused:
      return `Paused after ${machines(task.runsTotal - task.runsHeld)}: look, then run on the other ${task.runsHeld}`;
    case TaskState.cancelling:
      return `Stopping: ${machines(task.runsOpen)} still busy`;
    case TaskState.answering:
      return 'Reading the output';
    case TaskState.done:
      return doneHeadline(task, runs, bad);
    case TaskState.cancelled:
      return cancelledHeadline(by, runs);
    case TaskState.rejected:
      return `Rejected by ${by}`;
    case TaskState.expired:
      return 'Nobody decided in time';
    case TaskState.refused:
      return 'Refused by policy';
    case TaskState.failed:
      return 'No script for this';
  }
};

/** A wave that was never released ran nowhere. */
const ranOn = (task: Task, runs: readonly Run[]): number =>
  task.runsTotal - runs.filter((r) => r.state === RunState.skipped).length;

const doneHeadline = (task: Task, runs: readonly Run[], bad: number): string => {
  if (bad > 0) return `Done, with a problem on ${machines(bad)}`;
  const toLookAt = task.answer?.hosts.filter((h) => !h.ok).length ?? 0;
  if (toLookAt > 0) return `Done, with something to look at on ${machines(toLookAt)}`;
  return `Done on ${ranWhere(task, runs)}`;
};

/** One machine goes by its name: who asked "and the disk?" named none. */
const ranWhere = (task: Task, runs: readonly Run[]): string => {
  const ran = runs.filter((r) => r.state !== RunState.skipped);
  return ran.length === 1 && ran[0] ? ran[0].agentName : machines(ranOn(task, runs));
};

const runningHeadline = (task: Task, runs: readonly Run[]): string => {
  const waiting: readonly RunState[] = [RunState.queued, RunState.sent];
  const only = runs.length === 1 ? runs[0] : undefined;
  if (only)
    return waiting.includes(only.state) ? `Waiting for ${only.agentName}` : `Running on ${only.agentName}`;
  return `Running: ${task.runsTotal - task.runsOpen - task.runsHeld} of ${task.runsTotal} machines ended`;
};
