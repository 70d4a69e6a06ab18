import type { KeepParameter, KeepWish } from '../core/keep.ts';
import { keptRuleName } from '../core/kept-runbook.ts';
import { runbookHistory } from '../core/runbook-history.ts';
import type { RunbookLine, ShownRunbook } from '../flow/runbook-desk.ts';
import type { ApiClient } from './client.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';
import { plain } from './render-card.ts';
import { table } from './table.ts';

export interface KeepOptions {
  name?: string;
  title?: string;
  summary?: string;
  example: string[];
  /** `name=value` each; none leaves those that are proposed. */
  parameter: string[];
  fixed: boolean;
  json: boolean;
}

/** `nerdy keep N`: what the person doesn't say is what the server proposes. */
export const keepCommand = async (
  client: ApiClient,
  task: number,
  options: KeepOptions,
): Promise<ExitCode> => {
  const proposed = await client.keepForm(task);
  const parameters = options.fixed
    ? []
    : options.parameter.length > 0
      ? options.parameter.map(parameterOf)
      : proposed.parameters;
  const wish: KeepWish = {
    name: options.name ?? proposed.name,
    title: options.title ?? proposed.title,
    summary: options.summary ?? proposed.summary,
    examples: options.example.length > 0 ? options.example : proposed.examples,
    parameters,
  };
  const card = await client.act(task, 'keep', wish);
  if (options.json) printJson(card);
  else if (card.kept) {
    const { name, version } = card.kept;
    console.log(
      `Kept as ${paint.bold(plain(name))} v${version}. Requests find it from now on; each is approved as any other.`,
    );
    for (const { name: parameter, value } of parameters)
      console.log(paint.dim(`  {${parameter}} was ${plain(value)}`));
    console.log(paint.dim(`Read it: npx nerdy runbooks show ${name}`));
  }
  return ExitCode.done;
};

const parameterOf = (text: string): KeepParameter => {
  const at = text.indexOf('=');
  if (at > 0) return { name: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
  throw new CliError(
    `--parameter ${text}: write it as name=value, for example service=nginx.`,
    ExitCode.usage,
  );
};

/** `nerdy runbooks`: what can be asked for with no model at all, and what came of it. */
export const runbooksCommand = async (client: ApiClient, options: { json: boolean }): Promise<ExitCode> => {
  const runbooks = await client.runbooks();
  if (options.json) printJson(runbooks);
  else console.log(table(runbooks.map((line) => rowOf(line, Date.now()))));
  return ExitCode.done;
};

const rowOf = (line: RunbookLine, now: number): string[] => {
  const { name, version, summary, examples } = line;
  const called = version === null ? plain(name) : `${plain(name)} v${version}`;
  const [first] = examples;
  const about = first === undefined ? stateOf(line) : `"${plain(first)}"`;
  return [
    paint.bold(called),
    plain(summary),
    paint.dim([about, runbookHistory(line, now)].filter((words) => words !== null).join(' · ')),
  ];
};

const stateOf = ({ retiredAt, isBehindFile, name }: RunbookLine): string => {
  if (retiredAt !== null) return `retired; npx nerdy runbooks restore ${plain(name)} <version>`;
  return isBehindFile
    ? `not found: the file runbooks/${plain(name)}.yml goes first`
    : 'not usable; the log of the server says why';
};

/** `nerdy runbooks show NAME` */
export const showRunbookCommand = async (
  client: ApiClient,
  name: string,
  options: { version: number | null; yaml: boolean; json: boolean },
): Promise<ExitCode> => {
  const runbook = await client.runbook(name, options.version);
  if (options.json) printJson(runbook);
  else if (options.yaml) process.stdout.write(runbook.shown.yaml);
  else printRunbook(runbook);
  return ExitCode.done;
};

const printRunbook = ({ name, inUse, shown, versions }: ShownRunbook): void => {
  console.log(paint.dim(`# ${name} v${shown.version}; in rules: ${keptRuleName(name, shown.version)}`));
  console.log(plain(shown.yaml).trimEnd());
  console.log();
  const rows = versions.map(({ version, task, by, at, digest }) => [
    `v${version}${version === inUse ? ' (in use)' : ''}`,
    `from #${task}`,
    `by ${plain(by.name)}`,
    new Date(at).toISOString().slice(0, 10),
    paint.dim(`sha256 ${digest.slice(0, 12)}`),
  ]);
  console.log(table(rows));
  if (inUse === null) console.log('It is retired: no request finds it.');
};

/** `nerdy runbooks restore NAME VERSION` */
export const restoreRunbookCommand = async (
  client: ApiClient,
  name: string,
  version: number,
): Promise<ExitCode> => {
  const runbook = await client.restoreRunbook(name, version);
  console.log(`${plain(runbook.name)} v${runbook.inUse ?? version} is in use.`);
  return ExitCode.done;
};

/** `nerdy runbooks retire NAME` */
export const retireRunbookCommand = async (client: ApiClient, name: string): Promise<ExitCode> => {
  const runbook = await client.retireRunbook(name);
  console.log(
    `${plain(runbook.name)} is retired: no request finds it. Back with: npx nerdy runbooks restore ${plain(name)} ${runbook.shown.version}`,
  );
  return ExitCode.done;
};
