import type { KeepSource, KeepWish } from '../core/keep.ts';
import type { KeptVersion } from '../core/kept-runbook.ts';
import type { RunbookSummary } from '../core/runbook-summary.ts';
import type { Draft, Drafter, DraftRequest } from '../ports/drafter.ts';
import type { ReadRequest, ResultInterpreter } from '../ports/interpreter.ts';
import type { MadeRunbook, RunbookShelf } from '../ports/runbook-shelf.ts';
import { RunbookDrafter } from './drafter.ts';
import { saySummary } from './fill.ts';
import { RunbookInterpreter } from './interpreter.ts';
import { makeKept, proposeWish } from './keep.ts';
import { type Candidate, createRetriever, type Retriever } from './retrieve.ts';
import { examplesIn, parseRunbook, type Runbook } from './runbook.ts';

/** All that is made of one set of runbooks; a changed set is a new one of these. */
interface Stock {
  readonly runbooks: readonly Runbook[];
  readonly retriever: Retriever;
  readonly drafter: RunbookDrafter;
  readonly interpreter: RunbookInterpreter;
}

/**
 * The files and what people kept, as one set that drafts and reads. A draft that is under way when the set changes ends
 * with the set that it began with.
 */
export class Shelf implements RunbookShelf, Drafter, ResultInterpreter {
  readonly #files: readonly Runbook[];
  #stock: Stock;

  constructor(files: readonly Runbook[]) {
    this.#files = files;
    this.#stock = stockOf(files);
  }

  /**
   * The nearest runbooks that a model may take for examples. What people kept may hold anybody's words, and a draft of what
   * the asker alone typed may run by itself (law 5).
   */
  nearestFiles(words: string): Candidate[] {
    return this.#stock.retriever.retrieve(words).filter(({ runbook }) => runbook.version === undefined);
  }

  put(kept: readonly KeptVersion[]): string[] {
    const problems: string[] = [];
    const runbooks: Runbook[] = [];
    for (const { name, version, yaml, digest } of kept) {
      if (this.hasFile(name)) continue;
      const parsed = parseRunbook(`${name}.yml`, new TextEncoder().encode(yaml));
      if (!parsed.ok) problems.push(...parsed.problems);
      else if (parsed.runbook.digest !== digest) problems.push(`${name}.yml: its text is not what was kept.`);
      else runbooks.push({ ...parsed.runbook, version });
    }
    this.#stock = stockOf([...this.#files, ...runbooks]);
    return problems;
  }

  propose(source: KeepSource): KeepWish {
    const wish = proposeWish(source, (word) => this.knowsWord(word));
    return this.hasFile(wish.name) ? { ...wish, name: `${wish.name}-kept` } : wish;
  }

  make(source: KeepSource, wish: KeepWish): MadeRunbook {
    // "local" is a keyword of Bash and the name of many a machine.
    const machines = source.machines.filter((name) => !this.knowsWord(name));
    return makeKept({ ...source, machines }, wish);
  }

  summaries(): readonly RunbookSummary[] {
    return this.#stock.runbooks.map((runbook) => ({
      name: runbook.name,
      version: runbook.version ?? null,
      title: runbook.title.en,
      summary: saySummary(runbook, 'en', {}),
      examples: [...examplesIn(runbook, 'en')],
    }));
  }

  hasFile(name: string): boolean {
    return this.#files.some((file) => file.name === name);
  }

  knowsWord(word: string): boolean {
    return this.#stock.drafter.knowsWord(word);
  }

  draft(request: DraftRequest, signal: AbortSignal): Promise<Draft> {
    return this.#stock.drafter.draft(request, signal);
  }

  interpret(request: ReadRequest, onWords: (words: string) => void, signal: AbortSignal) {
    return this.#stock.interpreter.interpret(request, onWords, signal);
  }
}

const stockOf = (runbooks: readonly Runbook[]): Stock => {
  const retriever = createRetriever(runbooks);
  return {
    runbooks,
    retriever,
    drafter: new RunbookDrafter(runbooks, retriever),
    interpreter: new RunbookInterpreter(runbooks),
  };
};
