import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { Interpreter } from '../../src/core/script.ts';
import { objectionOf, type PolicyRule } from './core/policy.ts';
import { PolicyKeeper, type PolicyPlace, type PolicyState } from './run/policy-keeper.ts';

/** What a command says and how it ends: 0 for yes, 1 for a refusal or a file that can't be relied on, 2 for wrong use. */
export interface PolicyReport {
  text: string;
  exitCode: 0 | 1 | 2;
}

const usage =
  'Usage: nerdy agent policy                 what is in force on this machine\n' +
  '       nerdy agent policy check [<file>]  whether it lets the script on standard input run\n' +
  '         --shell bash|powershell, --user <name>, --approvers <number>';

/**
 * `policy` and `policy check`: what this machine's policy is, and what it says of a script. Reads the file as the agent
 * does; nothing runs, and no server is asked.
 *
 * @param readScript standard input, read when a script is needed.
 */
export const policyCommand = (
  args: readonly string[],
  place: PolicyPlace,
  readScript: () => string,
): PolicyReport => {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return { text: `${(error as Error).message}\n${usage}`, exitCode: 2 };
  }
  const [verb, file] = parsed.positionals;
  const { shell = 'bash', user = os.userInfo().username, approvers = '1' } = parsed.values;
  const interpreter = Object.values(Interpreter).find((known) => known === shell);
  const isCheck = verb === 'check';
  const isWrong = (verb !== undefined && !isCheck) || parsed.positionals.length > 2;
  if (isWrong || !interpreter || !/^\d{1,3}$/.test(approvers)) return { text: usage, exitCode: 2 };
  const used = file === undefined ? place : { path: file, mustExist: true };
  const keeper = new PolicyKeeper({ place: used, user });
  if (!isCheck)
    return { text: describe(keeper.state(), used), exitCode: keeper.state().kind === 'broken' ? 1 : 0 };
  const decisions = Array.from({ length: Number(approvers) }, (_, n) => ({
    by: `check:${n}`,
    at: 0,
    rule: 'check',
  }));
  const verdict = keeper.judge({ interpreter, script: readScript(), user, decisions });
  const objection = objectionOf(verdict);
  if (objection !== null) return { text: `refused: ${objection}`, exitCode: 1 };
  return { text: verdict.rule === null ? 'allowed' : `allowed by rule "${verdict.rule}"`, exitCode: 0 };
};

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { shell: { type: 'string' }, user: { type: 'string' }, approvers: { type: 'string' } },
  });

const describe = (state: PolicyState, { path }: PolicyPlace): string => {
  if (state.kind === 'none') return `There is no ${path}: what was approved runs.`;
  if (state.kind === 'broken')
    return `${path} can't be relied on (${state.problem}), so every order is refused.`;
  const { mode, rules } = state.policy;
  const lines = rules.map(
    (rule) => `  ${rule.kind} "${rule.name}": ${conditionsOf(rule)}\n    ${rule.reason}`,
  );
  const last =
    mode === 'read-only' ? 'everything else only if it just reads' : 'everything else that was approved runs';
  return [`${path}, mode ${mode}`, ...lines, `  ${last}`].join('\n');
};

const conditionsOf = ({
  risk,
  effects,
  commands,
  paths,
  users,
  interpreter,
  approvers,
  kind,
}: PolicyRule): string =>
  [
    approvers === undefined ? null : `approvers ${approvers}`,
    risk === undefined ? null : `risk ${kind === 'allow' ? 'up to' : 'from'} ${risk}`,
    effects && `effects ${effects.join(', ')}`,
    commands && `commands ${commands.join(', ')}`,
    paths && `paths ${paths.join(', ')}`,
    users && `users ${users.join(', ')}`,
    interpreter === undefined ? null : `interpreter ${interpreter}`,
  ]
    .filter((part) => part)
    .join('; ');

/** All of standard input. */
export const readStdin = (): string => fs.readFileSync(0, 'utf8');
