import type { Origin, PolicyCase } from '../../../src/core/policy/judge.ts';
import type { Policy } from '../../../src/core/policy/policy.ts';
import { policyOf, policyProblems, policyShape } from '../../../src/core/policy/read-policy.ts';
import { classify } from '../../../src/core/risk/classify.ts';
import { Interpreter } from '../../../src/core/script.ts';
import type { Platform } from '../../../src/core/task.ts';

/** Five people, as a team would list them. */
export const people = {
  ada: { role: 'admin', identities: ['slack:U1', 'discord:D1'] },
  bob: { role: 'approver', identities: ['slack:U2'] },
  cleo: { role: 'approver', identities: ['slack:U3'] },
  dan: { role: 'operator', identities: ['slack:U4'] },
  eve: { role: 'viewer', identities: ['slack:U5'] },
};

/** A policy of these rules, over these people unless others are given. */
export const policyWith = (rules: object[], more: object = {}): Policy => {
  const settings = policyShape.parse({ people, groups: { dba: ['bob', 'cleo'] }, rules, ...more });
  const problems = policyProblems(settings);
  if (problems.length > 0) throw new Error(problems.map((p) => p.problem).join('\n'));
  return policyOf(settings);
};

export const caseOf = (
  text: string,
  agent: { name?: string; labels?: Record<string, string>; platform?: Platform } = {},
): PolicyCase => ({
  script: { interpreter: Interpreter.bash, risk: classify(Interpreter.bash, text) },
  agent: {
    name: agent.name ?? 'db1',
    labels: agent.labels ?? {},
    facts: { platform: agent.platform ?? 'linux' },
  },
});

/** Asked by Dan, drafted by a runbook and left as it was. */
export const origin = (over: Partial<Origin> = {}): Origin => ({
  asker: 'slack:U4',
  editors: [],
  verbatimRunbook: 'memory',
  typedByAsker: true,
  ...over,
});

export const reading = 'free -m';
export const changing = 'systemctl restart nginx';
export const dangerous = 'systemctl poweroff';
export const forbidden = 'rm -rf / --no-preserve-root';
