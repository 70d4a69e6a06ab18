import type { FollowUp } from '../core/answer.ts';
import type { Language } from '../core/language.ts';
import { type SentenceCode, sentence } from '../core/sentences.ts';
import type { Platform } from '../core/task.ts';
import type { Draft, Drafter, DraftRequest } from '../ports/drafter.ts';
import { oneLine } from './data-block.ts';
import { type CheckSyntax, checkScripts } from './draft-check.ts';
import { type DraftReply, draftForm } from './draft-form.ts';
import {
  examplesMax,
  modelTotalMsMax,
  reasonCharsMax,
  strongMatchScoreMin,
  summaryCharsMax,
} from './limits.ts';
import type { ModelClient } from './model-client.ts';
import { ModelFault, ModelFaultKind } from './model-fault.ts';
import { type DraftExample, draftPrompt, repairPrompt } from './prompts.ts';

export interface ModelDrafterParts {
  /** The runbooks' drafter: asked first, and the way out when the model is down. */
  runbooks: Drafter;
  client: ModelClient;
  /** The nearest runbooks, best first, each with a request that would find it; what is too much is left out here. */
  examples: (words: string, platforms: readonly Platform[]) => readonly DraftExample[];
  checkSyntax: CheckSyntax;
  /** The score from which a runbook is used as it is; `strongMatchScoreMin` unless measured otherwise. */
  strongScoreMin?: number;
}

/** How the model's part ended: its scripts, or why it has none. */
type Outcome =
  | { kind: 'scripts'; scripts: Extract<Draft, { kind: 'script' }>['scripts']; reply: DraftReply }
  | { kind: 'none'; why: string; language: Language | null };

/**
 * Drafts with a model where no runbook fits well.
 *
 * - A runbook that fits well is proposed as it is: it is proven, and the model isn't asked.
 * - Else the model drafts, with the nearest runbooks as examples. What it wrote is checked; problems go back to it
 *   once, all together.
 * - A model that can't be used (down, late, cut, garbage) leaves what the runbooks gave, with a notice.
 * - A model that refuses, says that it can't, or doesn't mend its script gives no draft: a runbook that fits only
 *   half would then be a guess that nobody asked for.
 *
 * Whatever it writes is a draft like any other: risk, policy and a person's decision come after it (law 5).
 */
export class ModelDrafter implements Drafter {
  readonly #parts: ModelDrafterParts;
  readonly #strongScoreMin: number;

  constructor(parts: ModelDrafterParts) {
    this.#parts = parts;
    this.#strongScoreMin = parts.strongScoreMin ?? strongMatchScoreMin;
  }

  knowsWord(word: string): boolean {
    return this.#parts.runbooks.knowsWord(word);
  }

  async draft(request: DraftRequest, signal: AbortSignal): Promise<Draft> {
    signal.throwIfAborted();
    const kept = await this.#parts.runbooks.draft(request, signal);
    if (kept.kind === 'script' && (kept.score ?? 0) >= this.#strongScoreMin) return kept;
    const examples = this.#parts.examples(request.words, request.platforms).slice(0, examplesMax);
    try {
      const within = AbortSignal.any([signal, AbortSignal.timeout(modelTotalMsMax)]);
      const outcome = await this.#ask(request, examples, within);
      signal.throwIfAborted();
      return outcome.kind === 'scripts'
        ? drafted(outcome, request, kept)
        : withoutScript(outcome, nearestOf(kept, examples), kept);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ModelFault)) throw error;
      if (error.kind !== ModelFaultKind.refused) return withoutModel(error, kept);
      return withoutScript({ why: refusalWords(error), language: null }, nearestOf(kept, examples), kept);
    }
  }

  async #ask(
    request: DraftRequest,
    examples: readonly DraftExample[],
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { client, checkSyntax } = this.#parts;
    const prompt = draftPrompt(request, examples);
    const first = await client.fill('draft', prompt, draftForm, signal);
    if (first.kind === 'cannot') return cannot(first);
    const checked = await checkScripts(first, request.platforms, checkSyntax);
    if (checked.ok) return { kind: 'scripts', scripts: checked.scripts, reply: first };

    const wanted = first.scripts.filter((s) => request.platforms.some((p) => p === s.platform));
    const second = await client.fill(
      'repair',
      repairPrompt(prompt, wanted, checked.problems),
      draftForm,
      signal,
    );
    if (second.kind === 'cannot') return cannot(second);
    const again = await checkScripts(second, request.platforms, checkSyntax);
    if (again.ok) return { kind: 'scripts', scripts: again.scripts, reply: second };
    const why = `what it wrote has a fault that it did not mend when told (${again.problems.join('; ')})`;
    return { kind: 'none', why, language: second.language };
  }
}

const cannot = (reply: DraftReply): Outcome => ({
  kind: 'none',
  why: reply.why.trim() === '' ? 'it gave no reason' : reply.why,
  language: reply.language,
});

const refusalWords = (fault: ModelFault): string =>
  fault.words === null ? 'it refused' : `it refused ("${oneLine(fault.words, reasonCharsMax)}")`;

const drafted = (
  { scripts, reply }: Extract<Outcome, { kind: 'scripts' }>,
  request: DraftRequest,
  kept: Draft,
): Draft => ({
  kind: 'script',
  scripts,
  summary: oneLine(reply.summary, summaryCharsMax) || oneLine(request.words, summaryCharsMax),
  language: reply.language ?? kept.language,
  drafter: 'model',
  runbook: null,
  followUps: [],
  score: null,
  notice: null,
});

const withoutScript = (
  outcome: { why: string; language: Language | null },
  nearest: FollowUp[],
  kept: Draft,
): Draft => ({
  kind: 'nothing',
  sentence: sentence('model_no_script', { reason: oneLine(outcome.why, reasonCharsMax) }),
  language: outcome.language ?? kept.language,
  nearest,
});

/** What the runbooks gave, said to be all there is. */
const withoutModel = (fault: ModelFault, kept: Draft): Draft => {
  const { reason } = fault;
  if (kept.kind === 'script') return { ...kept, notice: sentence('model_down', { reason }) };
  // Where a runbook does fit and only lacks something, its own sentence says what to do, with or without a model.
  const saysNothingFits: SentenceCode = 'runbook_none';
  if (kept.sentence.code !== saysNothingFits) return kept;
  const nearest = kept.nearest.map((n) => n.request);
  return { ...kept, sentence: sentence('model_down_no_runbook', { reason, nearest }) };
};

const nearestOf = (kept: Draft, examples: readonly DraftExample[]): FollowUp[] =>
  kept.kind === 'nothing' ? kept.nearest : examples.map((e) => ({ label: e.title, request: e.request }));
