import type { FollowUp } from '../core/answer.ts';
import { Language } from '../core/language.ts';
import { requestCharsMax } from '../core/limits.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Platform } from '../core/task.ts';
import type { Draft, DraftedScript, Drafter, DraftRequest } from '../ports/drafter.ts';
import { fillScript, sayExample, saySummary } from './fill.ts';
import { languageOf } from './language.ts';
import { nearestMax, retrievalScoreMin } from './limits.ts';
import { isProgram } from './names.ts';
import { type FoundParameters, findContinuedParameters, findParameters } from './parameters.ts';
import { type Candidate, createRetriever, type Retriever } from './retrieve.ts';
import { examplesIn, type Runbook } from './runbook.ts';
import { takeApart } from './tokens.ts';

/** Scores this close are as good as equal. */
const nearTie = 0.1;

/** `isOthers`: by the words of somebody else. */
type Chosen = Candidate & { found: FoundParameters; isOthers?: boolean };

/**
 * Drafts from kept scripts alone: the nearest runbook is the script, or nothing is. Holds the index of one set of
 * runbooks; a changed set is a new drafter.
 */
export class RunbookDrafter implements Drafter {
  readonly #runbooks: readonly Runbook[];
  readonly #retriever: Retriever;

  constructor(runbooks: readonly Runbook[], retriever: Retriever = createRetriever(runbooks)) {
    this.#runbooks = runbooks;
    this.#retriever = retriever;
  }

  knowsWord(word: string): boolean {
    const { vocabulary } = this.#retriever;
    const said = vocabulary.corrected(takeApart(word));
    return said.words.every(
      (w) =>
        w.action !== null || w.generic || isProgram(w.key) || w.tokens.every((t) => vocabulary.knows(t.text)),
    );
  }

  async draft(request: DraftRequest, signal: AbortSignal): Promise<Draft> {
    signal.throwIfAborted();
    const words = request.words.slice(0, requestCharsMax);
    const spoken = spokenIn(request.before);
    const candidates = this.#retriever.retrieve(words, spoken);
    const chosen =
      this.#choose(words, candidates) ??
      this.#continue(words, request.before) ??
      this.#pointedAt(request.context, languageOf(words) ?? spoken);
    if (chosen === null) {
      const language = languageOf(words) ?? spoken ?? Language.en;
      const nearest = this.#nearest(words, candidates, language);
      const none = sentence('runbook_none', { nearest: nearest.map((n) => n.request) });
      return { kind: 'nothing', sentence: none, language, nearest };
    }
    return this.#script(words, candidates, chosen, request.platforms);
  }

  /** The best, unless it lacks a parameter and a question nearly as near lacks none. */
  #choose(words: string, candidates: readonly Candidate[]): Chosen | null {
    const near = candidates
      .filter((c) => c.score >= retrievalScoreMin && c.score >= (candidates[0]?.score ?? 0) - nearTie)
      .map((c): Chosen => ({ ...c, found: findParameters(c.runbook, words, this.#retriever) }));
    const best = near[0];
    if (best === undefined || best.found.missing.length === 0 || this.#orders(best.runbook))
      return best ?? null;
    return near.find((c) => c.found.missing.length === 0) ?? best;
  }

  /** "And redis?" asks the last question again. An order is never repeated so: it must be said. */
  #continue(words: string, before: readonly string[]): Chosen | null {
    const last = before.at(-1)?.slice(0, requestCharsMax);
    if (last === undefined) return null;
    const earlier = this.#choose(last, this.#retriever.retrieve(last));
    if (earlier === null || this.#orders(earlier.runbook)) return null;
    const found = findContinuedParameters(earlier.runbook, words, earlier.found, this.#retriever);
    return found === null ? null : { ...earlier, found };
  }

  /**
   * "What is this?" beside a message: what that message is about is looked at, where the words themselves say nothing.
   * It asks for nothing, whoever wrote it: no order is found in it, and a model that is there goes before it.
   */
  #pointedAt(context: string | null, spoken: Language | null): Chosen | null {
    if (context === null) return null;
    const text = context.slice(0, requestCharsMax);
    const reading = this.#retriever.retrieve(text, spoken).filter((c) => !this.#orders(c.runbook));
    const chosen = this.#choose(text, reading);
    if (chosen === null || chosen.found.missing.length > 0) return null;
    const score = Math.min(chosen.score, retrievalScoreMin);
    return { ...chosen, language: spoken ?? chosen.language, score, isOthers: true };
  }

  #orders(runbook: Runbook): boolean {
    return this.#retriever.templates.some((t) => t.runbook.name === runbook.name && t.actions.length > 0);
  }

  #script(
    words: string,
    candidates: readonly Candidate[],
    { runbook, language, score, found, isOthers = false }: Chosen,
    platforms: readonly Platform[],
  ): Draft {
    const nothing = (why: Sentence): Draft => {
      const others = candidates.filter((c) => c.runbook.name !== runbook.name);
      return { kind: 'nothing', sentence: why, language, nearest: this.#nearest(words, others, language) };
    };
    const missing = found.missing[0];
    if (missing !== undefined) return nothing(missingSentence(runbook, missing, language));
    const scripts: DraftedScript[] = [];
    for (const platform of platforms) {
      const filled = fillScript(runbook, platform, found.values);
      if (!filled.ok) return nothing(filled.sentence);
      const same = scripts.find((s) => s.digest === filled.script.digest);
      if (same === undefined) scripts.push({ ...filled.script, platforms: [platform] });
      else same.platforms.push(platform);
    }
    return {
      kind: 'script',
      scripts,
      summary: saySummary(runbook, language, found.values),
      language,
      drafter: 'runbook',
      runbook: {
        name: runbook.name,
        title: runbook.title[language],
        digest: runbook.digest,
        ...(runbook.version === undefined ? {} : { version: runbook.version }),
        parameters: found.values,
        verbatim: true,
        ...(isOthers ? { isPointedAt: true } : {}),
      },
      followUps: this.#followUps(runbook, language, found.values),
      score,
      notice: found.capped && sentence('count_capped', found.capped),
    };
  }

  #followUps(runbook: Runbook, language: Language, parameters: Record<string, string>): FollowUp[] {
    return runbook.followUps.flatMap((name) => {
      const next = this.#runbooks.find((r) => r.name === name);
      return next === undefined ? [] : asRequest(next, language, parameters);
    });
  }

  /** The nearest as requests that would work; where nothing is near, what other runbooks lead to most often. */
  #nearest(words: string, candidates: readonly Candidate[], language: Language): FollowUp[] {
    const near = candidates.flatMap(({ runbook }) =>
      asRequest(runbook, language, findParameters(runbook, words, this.#retriever).values),
    );
    const ledTo = (runbook: Runbook): number =>
      this.#runbooks.filter((r) => r.followUps.includes(runbook.name)).length;
    const general = this.#runbooks
      .filter((r) => Object.values(r.parameters).every((p) => p.count !== null) && !this.#orders(r))
      .filter((r) => !candidates.some((c) => c.runbook.name === r.name))
      .sort((a, b) => ledTo(b) - ledTo(a))
      .flatMap((r) => asRequest(r, language, {}));
    return [...near, ...general].slice(0, nearestMax);
  }
}

/** The language of the last words in a conversation that tell one: "disk?" after a German question is German. */
const spokenIn = (before: readonly string[]): Language | null => {
  for (const words of [...before].reverse()) {
    const language = languageOf(words.slice(0, requestCharsMax));
    if (language !== null) return language;
  }
  return null;
};

/** The first example that can be said in full, as a button; none when a parameter stays open. */
const asRequest = (runbook: Runbook, language: Language, parameters: Record<string, string>): FollowUp[] => {
  for (const example of examplesIn(runbook, language)) {
    const request = sayExample(example, runbook, parameters);
    if (request !== null) return [{ label: runbook.title[language], request }];
  }
  return [];
};

const missingSentence = (runbook: Runbook, parameter: string, language: Language): Sentence => {
  const examples = examplesIn(runbook, language);
  const example = examples.find((e) => e.includes(`{${parameter}}`)) ?? examples[0];
  return sentence('runbook_parameter_missing', {
    runbook: runbook.title.en,
    parameter: runbook.parameters[parameter]?.description.en ?? parameter,
    example: (example ?? '').replace(/\{([a-z][\w-]*)\}/gi, '<$1>'),
  });
};
