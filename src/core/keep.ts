import type { Language } from './language.ts';
import type { Interpreter } from './script.ts';
import type { Platform } from './task.ts';

/** A text of the script that each request says for itself; the value is what the script has now. */
export interface KeepParameter {
  name: string;
  value: string;
}

/** What a person says of a runbook that they keep. Also what they are proposed, to confirm or to change. */
export interface KeepWish {
  name: string;
  title: string;
  /** One sentence: what the script does. */
  summary: string;
  /** How people ask for it, in the task's language. A parameter's value may be said as it is, or as `{name}`. */
  examples: string[];
  /** None: the script stays as it is, character by character. */
  parameters: KeepParameter[];
}

/** What a runbook is made of: a task's scripts that ran well, and the request without its machines. */
export interface KeepSource {
  words: string;
  language: Language;
  summary: string;
  scripts: { interpreter: Interpreter; text: string; platforms: Platform[] }[];
  /** Names of the machines that it ran on: none of them is in a runbook. */
  machines: string[];
}

/** Parameters as people write them in a form: `name = value`, one a line. */
export const parameterLines = (parameters: readonly KeepParameter[]): string =>
  parameters.map(({ name, value }) => `${name} = ${value}`).join('\n');

/** The lines of a text field that hold anything. */
export const filledLines = (text: string): string[] =>
  text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Reads what `parameterLines` writes; a line without "=" is a value without a name, which is refused with its sentence. */
export const readParameterLines = (text: string): KeepParameter[] =>
  filledLines(text).map((line) => {
    const at = line.indexOf('=');
    return at < 0
      ? { name: '', value: line }
      : { name: line.slice(0, at).trim(), value: line.slice(at + 1).trim() };
  });
