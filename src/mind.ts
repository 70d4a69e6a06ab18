import type { Config } from './config.ts';
import type { Platform } from './core/task.ts';
import { carefulDrafter, carefulInterpreter } from './flow/careful-mind.ts';
import type { CarefulRedactor } from './flow/careful-redactor.ts';
import { makeBashSyntax } from './llm/bash-syntax.ts';
import { modelRetriesMaxDefault } from './llm/limits.ts';
import type { Drafter } from './ports/drafter.ts';
import type { ResultInterpreter } from './ports/interpreter.ts';
import type { Log } from './ports/log.ts';
import type { RunbookShelf } from './ports/runbook-shelf.ts';
import { sayExample } from './runbooks/fill.ts';
import { loadRunbooks } from './runbooks/load.ts';
import { examplesIn, scriptTextFor } from './runbooks/runbook.ts';
import { Shelf } from './runbooks/shelf.ts';

export interface Mind {
  drafter: Drafter;
  /** The same without a model: what only the kept runbooks draft. */
  runbookDrafter: Drafter;
  interpreter: ResultInterpreter;
  shelf: RunbookShelf;
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
  const { drafter, runbookDrafter, interpreter, shelf } = await makeBareMind(config, log, useModel);
  return {
    drafter: carefulDrafter(drafter, redactor),
    runbookDrafter: carefulDrafter(runbookDrafter, redactor),
    interpreter: carefulInterpreter(interpreter, redactor),
    shelf,
  };
};

const makeBareMind = async (config: Config, log: Log, useModel: boolean): Promise<Mind> => {
  const shelf = new Shelf(await loadRunbooks(config.runbooksDir));
  const kept = { runbookDrafter: shelf, shelf };
  if (config.model === null || !useModel) return { drafter: shelf, interpreter: shelf, ...kept };
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
    shelf
      .nearestFiles(words)
      .slice(0, examplesMax)
      .map(({ runbook, language }) => ({
        title: runbook.title.en,
        request:
          sayExample(examplesIn(runbook, language)[0] ?? '', runbook, {}) ??
          examplesIn(runbook, 'en')[0] ??
          '',
        scripts: platforms.flatMap((platform) => {
          const text = scriptTextFor(runbook, platform);
          return text === null ? [] : [{ platform, text }];
        }),
      }));
  return {
    drafter: new ModelDrafter({ runbooks: shelf, client, examples, checkSyntax: makeBashSyntax() }),
    interpreter: new ModelInterpreter({ runbooks: shelf, client }),
    ...kept,
  };
};
