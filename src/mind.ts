import type { Config } from './config.ts';
import type { RunbookSummary } from './core/runbook-summary.ts';
import type { Platform } from './core/task.ts';
import { carefulDrafter, carefulInterpreter } from './flow/careful-mind.ts';
import type { CarefulRedactor } from './flow/careful-redactor.ts';
import { makeBashSyntax } from './llm/bash-syntax.ts';
import { modelRetriesMaxDefault } from './llm/limits.ts';
import type { Drafter } from './ports/drafter.ts';
import type { ResultInterpreter } from './ports/interpreter.ts';
import type { Log } from './ports/log.ts';
import { RunbookDrafter } from './runbooks/drafter.ts';
import { sayExample, saySummary } from './runbooks/fill.ts';
import { RunbookInterpreter } from './runbooks/interpreter.ts';
import { loadRunbooks } from './runbooks/load.ts';
import { createRetriever } from './runbooks/retrieve.ts';
import { scriptTextFor } from './runbooks/runbook.ts';

export interface Mind {
  drafter: Drafter;
  /** The same without a model: what only the kept runbooks draft. */
  runbookDrafter: Drafter;
  interpreter: ResultInterpreter;
  runbooks: RunbookSummary[];
}

/** More examples make a prompt longer, not better. */
const examplesMax = 3;

/**
 * What drafts and what answers: the runbooks alone, or a model on top of them where one is configured and wanted.
 *
 * @param useModel false ignores the model's settings.
 * @throws RunbooksInvalidError with every mistake in the folder.
 */
export const makeMind = async (
  config: Config,
  log: Log,
  redactor: CarefulRedactor,
  useModel = true,
): Promise<Mind> => {
  const { drafter, runbookDrafter, interpreter, runbooks } = await makeBareMind(config, log, useModel);
  return {
    drafter: carefulDrafter(drafter, redactor),
    runbookDrafter: carefulDrafter(runbookDrafter, redactor),
    interpreter: carefulInterpreter(interpreter, redactor),
    runbooks,
  };
};

const makeBareMind = async (config: Config, log: Log, useModel: boolean): Promise<Mind> => {
  const runbooks = await loadRunbooks(config.runbooksDir);
  const retriever = createRetriever(runbooks);
  const kept = {
    drafter: new RunbookDrafter(runbooks, retriever),
    interpreter: new RunbookInterpreter(runbooks),
  };
  const summaries = runbooks.map((r) => ({
    name: r.name,
    title: r.title.en,
    summary: saySummary(r, 'en', {}),
    examples: r.examples.en,
  }));
  const runbookDrafter = kept.drafter;
  if (config.model === null || !useModel) return { ...kept, runbookDrafter, runbooks: summaries };
  // LangChain takes longer to load than all the rest; without a model nobody should wait for it.
  const [{ ModelClient }, { ModelDrafter }, { ModelInterpreter }] = await Promise.all([
    import('./llm/model-client.ts'),
    import('./llm/model-drafter.ts'),
    import('./llm/model-interpreter.ts'),
  ]);
  const client = new ModelClient(
    { ...config.model, retriesMax: modelRetriesMaxDefault },
    {
      onUsage: (usage) => log.info({ usage }, 'the model was used'),
      onFault: (fault, purpose) => log.warn({ err: fault, purpose }, 'the model could not be used'),
    },
  );
  const examples = (words: string, platforms: readonly Platform[]) =>
    retriever
      .retrieve(words)
      .slice(0, examplesMax)
      .map(({ runbook, language }) => ({
        title: runbook.title.en,
        request: sayExample(runbook.examples[language][0] ?? '', runbook, {}) ?? runbook.examples.en[0] ?? '',
        scripts: platforms.flatMap((platform) => {
          const text = scriptTextFor(runbook, platform);
          return text === null ? [] : [{ platform, text }];
        }),
      }));
  return {
    drafter: new ModelDrafter({ runbooks: kept.drafter, client, examples, checkSyntax: makeBashSyntax() }),
    runbookDrafter,
    interpreter: new ModelInterpreter({ runbooks: kept.interpreter, client }),
    runbooks: summaries,
  };
};
