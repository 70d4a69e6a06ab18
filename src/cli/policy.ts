import { existsSync, readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { Policy } from '../core/policy/policy.ts';
import { policyOf, policyProblems, policyShape } from '../core/policy/read-policy.ts';
import { identityOf } from '../core/policy/roster.ts';
import { type TrialCase, type TrialOutcome, tryCase } from '../core/policy/try-case.ts';
import { classify } from '../core/risk/classify.ts';
import { Interpreter, interpreterOf } from '../core/script.ts';
import { Platform } from '../core/task.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';
import { plain } from './render-card.ts';

const names = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const expectation = z.strictObject({
  decision: z.enum(['auto', 'approve', 'refuse']).optional(),
  rule: names.optional(),
  approvals: z.int().min(0).optional(),
  typed: z.boolean().optional(),
  runs: z.boolean().optional(),
});
type Expectation = z.infer<typeof expectation>;

const trialCase = z.strictObject({
  name: z.string().min(1),
  /** A person's key, or an account as surface:id. */
  asker: z.string(),
  script: z.string().min(1),
  interpreter: z.enum(Interpreter).optional(),
  agent: z
    .strictObject({
      name: z.string().default('machine'),
      labels: z.record(z.string(), z.string()).default({}),
      platform: z.enum(Platform).default(Platform.linux),
    })
    .prefault({}),
  runbook: z.string().nullable().default(null),
  /** False for a draft from the words of others: an alert, an output, somebody else in the thread. */
  typedByAsker: z.boolean().default(true),
  editors: names.default([]),
  yes: names.default([]),
  /** The platforms' groups that people are in, by key or account. */
  groups: z.record(z.string(), names).default({}),
  expect: expectation.default({}),
});
type WrittenCase = z.infer<typeof trialCase>;

const trialFile = z.looseObject({ cases: z.array(trialCase).min(1, 'must hold at least one case') });

interface Trial {
  name: string;
  outcome: TrialOutcome;
  /** What came out otherwise than written, in words. */
  differs: string[];
}

/**
 * `nerdy policy test`: what the rules would decide for a table of cases, and by which rule. The rules are those of the
 * same file, or the server's where it has none. Nothing runs.
 */
export const policyTestCommand = (
  file: string,
  current: () => Policy,
  options: { json: boolean },
): ExitCode => {
  const { policy, cases } = readTrials(file, current);
  const trials = cases.map((one) => tried(policy, one));
  const failed = trials.filter((t) => t.differs.length > 0).length;
  if (options.json) printJson({ cases: trials, failed });
  else {
    for (const trial of trials) console.log(trialLines(trial).join('\n'));
    const all = `${trials.length} ${trials.length === 1 ? 'case' : 'cases'}`;
    console.log(
      failed === 0 ? paint.green(`\n${all}, all as expected`) : paint.red(`\n${all}, ${failed} otherwise`),
    );
  }
  return failed === 0 ? ExitCode.done : ExitCode.endedBadly;
};

const readTrials = (file: string, current: () => Policy): { policy: Policy; cases: WrittenCase[] } => {
  if (!existsSync(file))
    throw new CliError(`There is no file ${file}. Name the one with the cases.`, ExitCode.usage);
  const document = parseDocument(readFileSync(file, 'utf8'));
  const [fault] = document.errors;
  if (fault) throw new CliError(`${file} can't be read: ${fault.message}`, ExitCode.usage);
  const value: unknown = document.toJS() ?? {};
  const { cases } = readAs(trialFile, value, file);
  const written = Object.fromEntries(
    Object.entries(value as object).filter(([key]) => Object.hasOwn(policyShape.shape, key)),
  );
  if (Object.keys(written).length === 0) return { policy: current(), cases };
  const settings = readAs(policyShape, written, file);
  const [problem] = policyProblems(settings);
  if (problem) throw new CliError(`${file}, ${problem.path.join('.')}: ${problem.problem}.`, ExitCode.usage);
  return { policy: policyOf(settings), cases };
};

const readAs = <T>(shape: z.ZodType<T>, value: unknown, file: string): T => {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CliError(
    `${file}, ${issue?.path.join('.') || 'the whole file'}: ${issue?.message}.`,
    ExitCode.usage,
  );
};

const tried = (policy: Policy, written: WrittenCase): Trial => {
  const interpreter = written.interpreter ?? interpreterOf(written.agent.platform);
  const account = (who: string): string => accountOf(policy, who, written.name);
  const trial: TrialCase = {
    asker: account(written.asker),
    agent: written.agent,
    script: { interpreter, risk: classify(interpreter, written.script) },
    verbatimRunbook: written.runbook,
    typedByAsker: written.typedByAsker,
    editors: written.editors.map(account),
    yes: written.yes.map(account),
    groups: new Map(Object.entries(written.groups).map(([who, groups]) => [account(who), groups])),
  };
  const outcome = tryCase(policy, trial);
  return { name: written.name, outcome, differs: differences(written.expect, outcome) };
};

/** A person's first account, where they are named by their key. */
const accountOf = ({ roster }: Policy, who: string, name: string): string => {
  if (who === 'local') return identityOf({ surface: 'api', id: 'local' });
  if (who.includes(':')) return who;
  const identity = roster.people.find((p) => p.key === who)?.identities[0];
  if (identity !== undefined) return identity;
  throw new CliError(
    `The case "${name}" names "${who}", who has no account under people. Write a person's key, surface:id, or local.`,
    ExitCode.usage,
  );
};

const differences = (expected: Expectation, outcome: TrialOutcome): string[] => {
  const found: string[] = [];
  const hold = (what: string, wanted: unknown, got: unknown): void => {
    if (wanted !== undefined && wanted !== got)
      found.push(`${what}: ${String(wanted)} was expected, it is ${String(got)}`);
  };
  hold('decision', expected.decision, outcome.decision);
  hold('rule', expected.rule?.join(', '), outcome.rules.join(', '));
  hold('approvals', expected.approvals, outcome.approvals);
  hold('typed', expected.typed, outcome.typed);
  hold('runs', expected.runs, outcome.runs);
  return found;
};

const trialLines = ({ name, outcome, differs }: Trial): string[] => {
  const { decision, risk, rules, approvals, typed, runs, said } = outcome;
  const what = {
    auto: 'runs by itself',
    approve: `${approvals} ${approvals === 1 ? 'approval' : 'approvals'}${typed ? ', number typed' : ''}; ${runs ? 'runs' : 'waits'}`,
    refuse: 'refused',
  }[decision];
  const mark = differs.length === 0 ? paint.green('✓') : paint.red('✗');
  return [
    `${mark} ${plain(name)}`,
    paint.dim(`    ${risk} · ${what} · by "${rules.map(plain).join('", "')}"`),
    ...said.map((line) => paint.dim(`    ${plain(line)}`)),
    ...differs.map((line) => paint.red(`    ${plain(line)}`)),
  ];
};
