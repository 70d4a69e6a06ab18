import { Language } from '../core/language.ts';
import { interpreterOf } from '../core/script.ts';
import { Platform } from '../core/task.ts';
import { conditionProblem, templateProblem } from './liquid.ts';
import { inExample, scriptParameters } from './placeholders.ts';
import { quotedParameters } from './quoted-parameters.ts';
import type { RunbookFile } from './runbook-file.ts';

/** A regular expression's problem in words, null when it compiles. */
const regexProblem = (source: string): string | null => {
  try {
    new RegExp(source);
    return null;
  } catch (error) {
    return `is not a regular expression (${error instanceof Error ? error.message : String(error)})`;
  }
};

const nameProblems = (fileName: string, file: RunbookFile): string[] =>
  fileName === `${file.name}.yml` ? [] : [`name: "${file.name}" must be the same as the file's name.`];

const exampleProblems = (file: RunbookFile): string[] => {
  const problems: string[] = [];
  for (const language of Object.values(Language)) {
    for (const [index, example] of file.examples[language].entries()) {
      for (const match of example.matchAll(inExample)) {
        const name = match[1] ?? '';
        if (!Object.hasOwn(file.parameters, name)) {
          problems.push(`examples.${language}.${index}: {${name}} is not one of the parameters.`);
        }
      }
    }
  }
  return problems;
};

/** A summary may speak of a parameter only where it is always known. */
const summaryProblems = (file: RunbookFile): string[] =>
  Object.entries(file.summary).flatMap(([language, summary]) =>
    [...summary.matchAll(inExample)]
      .map((match) => match[1] ?? '')
      .filter((name) => file.parameters[name]?.default === undefined)
      .map((name) => `summary.${language}: {${name}} is not a parameter with a default.`),
  );

const scriptProblems = (file: RunbookFile): string[] => {
  const problems: string[] = [];
  for (const platform of Object.values(Platform)) {
    const text = file.scripts[platform];
    if (text === undefined) continue;
    for (const name of scriptParameters(text)) {
      if (!Object.hasOwn(file.parameters, name)) {
        problems.push(`scripts.${platform}: {{${name}}} is not one of the parameters.`);
      }
    }
    for (const name of quotedParameters(interpreterOf(platform), text)) {
      // A count is its digits, which mean the same everywhere.
      if (file.parameters[name]?.count) continue;
      problems.push(
        `scripts.${platform}: {{${name}}} stands inside quotes, backticks, arithmetic, braces, an index or a here-document, where the shell would read its value. Write it bare, or give it to a variable first; it is quoted already.`,
      );
    }
  }
  return problems;
};

const parameterProblems = (file: RunbookFile): string[] => {
  const problems: string[] = [];
  for (const [name, parameter] of Object.entries(file.parameters)) {
    const problem = regexProblem(`^(?:${parameter.pattern})$`);
    if (problem !== null) problems.push(`parameters.${name}.pattern: ${problem}.`);
    else if (
      parameter.default !== undefined &&
      !new RegExp(`^(?:${parameter.pattern})$`).test(parameter.default)
    ) {
      problems.push(`parameters.${name}.default: "${parameter.default}" does not match the pattern.`);
    }
    if (!Object.values(Platform).some((p) => scriptParameters(file.scripts[p] ?? '').includes(name))) {
      problems.push(`parameters.${name}: no script uses {{${name}}}.`);
    }
  }
  return problems;
};

const factProblems = (file: RunbookFile): string[] => {
  const problems: string[] = [];
  for (const key of ['facts', 'windows'] as const) {
    for (const [name, fact] of Object.entries(file.reading[key] ?? {})) {
      const [kind, source] = 'line' in fact ? ['line', fact.line] : ['every', fact.every];
      const problem = regexProblem(source);
      const place = `reading.${key}.${name}.${kind}`;
      if (problem !== null) problems.push(`${place}: ${problem}.`);
      else if (!/\(\?<[A-Za-z_]/.test(source))
        problems.push(`${place}: has no named group, like (?<state>\\w+).`);
      if (name === 'parameters') problems.push(`${place}: "parameters" is taken by the request's values.`);
    }
  }
  for (const name of Object.keys(file.reading.windows ?? {})) {
    if (!Object.hasOwn(file.reading.facts, name)) {
      problems.push(`reading.windows.${name}: there is no fact of that name in reading.facts.`);
    }
  }
  return problems;
};

const readingProblems = (file: RunbookFile): string[] => {
  const { facts, ok, words, table, evidence } = file.reading;
  const problems: string[] = [];
  const template = (place: string, text: string): void => {
    const problem = templateProblem(text);
    if (problem !== null) problems.push(`${place}: ${problem}.`);
  };
  if (ok !== undefined) {
    const problem = conditionProblem(ok);
    if (problem !== null) problems.push(`reading.ok: ${problem}.`);
  }
  for (const [language, text] of Object.entries(words)) template(`reading.words.${language}`, text);
  const rows = table === undefined ? [] : 'rows' in table ? table.rows : [table];
  for (const row of rows) {
    for (const key of ['label', 'value'] as const) {
      const value = row[key];
      for (const text of typeof value === 'string' ? [value] : Object.values(value)) {
        template(`reading.table.${key}`, text);
      }
    }
  }
  if (table !== undefined && 'each' in table) {
    const list = facts[table.each];
    if (list === undefined || !('every' in list)) {
      problems.push(`reading.table.each: "${table.each}" is not a list fact (one with "every").`);
    }
  }
  for (const name of evidence) {
    if (!Object.hasOwn(facts, name)) problems.push(`reading.evidence: there is no fact "${name}".`);
  }
  return problems;
};

/** What a schema can't say about one file. Each is a sentence that begins with the place in the file. */
export const runbookProblems = (fileName: string, file: RunbookFile): string[] => [
  ...nameProblems(fileName, file),
  ...summaryProblems(file),
  ...exampleProblems(file),
  ...parameterProblems(file),
  ...scriptProblems(file),
  ...factProblems(file),
  ...readingProblems(file),
];
