import type { Language } from '../core/language.ts';
import { quote, quoteCount } from '../core/quote.ts';
import { interpreterOf, makeScript, type Script } from '../core/script.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Platform } from '../core/task.ts';
import { parameterPattern, replaceParameters } from './placeholders.ts';
import { type Runbook, scriptTextFor } from './runbook.ts';

/** A value that no pattern let through reached the filling of a script: a fault of the caller, not of a person. */
export class ParameterInvalidError extends Error {
  readonly code = 'runbook_parameter_invalid';
  readonly runbook: string;
  readonly parameter: string;

  constructor(runbook: string, parameter: string) {
    super(
      `The value for "${parameter}" of the runbook "${runbook}" is missing or does not match its pattern.`,
    );
    this.name = 'ParameterInvalidError';
    this.runbook = runbook;
    this.parameter = parameter;
  }
}

/**
 * The script of a runbook for a platform with these values, each checked against its pattern once more and
 * quoted for the interpreter. A sentence when there is no script for the platform or the text can't be one.
 *
 * @throws ParameterInvalidError when a value is missing or doesn't match its whole pattern.
 */
export const fillScript = (
  runbook: Runbook,
  platform: Platform,
  parameters: Readonly<Record<string, string>>,
): { ok: true; script: Script } | { ok: false; sentence: Sentence } => {
  const text = scriptTextFor(runbook, platform);
  if (text === null) {
    return {
      ok: false,
      sentence: sentence('runbook_platform_missing', { runbook: runbook.title.en, platform }),
    };
  }
  const interpreter = interpreterOf(platform);
  const filled = replaceParameters(text, (name) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    const declared = Object.hasOwn(runbook.parameters, name) ? runbook.parameters[name] : undefined;
    if (value === undefined || declared === undefined || !parameterPattern(declared.pattern).test(value)) {
      throw new ParameterInvalidError(runbook.name, name);
    }
    return declared.count === null ? quote(interpreter, value) : quoteCount(value);
  });
  return makeScript(interpreter, filled);
};

/** An example with its parameters said; null when one of them has no value, so that nobody is offered `<name>`. */
export const sayExample = (
  example: string,
  runbook: Runbook,
  parameters: Readonly<Record<string, string>>,
): string | null => {
  let complete = true;
  const said = example.replace(/\{([a-z][\w-]*)\}/gi, (_, name: string) => {
    const declared = Object.hasOwn(runbook.parameters, name) ? runbook.parameters[name] : undefined;
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    const fits =
      value !== undefined && declared !== undefined && parameterPattern(declared.pattern).test(value);
    const chosen = fits ? value : declared?.default;
    if (chosen === undefined) complete = false;
    return chosen ?? '';
  });
  return complete ? said : null;
};

/** The sentence above the script, with the counts that it speaks of: "Shows the last {lines} log lines". */
export const saySummary = (
  runbook: Runbook,
  language: Language,
  parameters: Readonly<Record<string, string>>,
): string => sayExample(runbook.summary[language], runbook, parameters) ?? runbook.summary[language];
