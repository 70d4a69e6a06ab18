import { parseDocument } from 'yaml';
import { Effect, Risk } from '../../../src/core/risk/effect.ts';
import { Interpreter } from '../../../src/core/script.ts';
import { policyNameCharsMax, policyReasonCharsMax, policyRulesMax } from './limits.ts';
import { isMap, Mistake, onlyKeys } from './mistake.ts';
import { type Policy, PolicyMode, type PolicyRule } from './policy.ts';
import { readSettings, type Settings, settingKeys, usualSettings } from './settings.ts';

export type ReadPolicy = { ok: true; policy: Policy; settings: Settings } | { ok: false; problem: string };

const kinds = ['deny', 'allow', 'require'] as const;
const conditions = ['risk', 'effects', 'commands', 'paths', 'users', 'interpreter'] as const;
const namePattern = /^[\p{L}\p{N}][\p{L}\p{N} ,.'’:/_-]*$/u;

/**
 * Reads a policy and the settings beside it. Pure. Anything that isn't understood is a mistake: a rule that is skipped
 * would not protect.
 *
 * @param usual the settings where the file says nothing.
 */
export const readPolicy = (text: string, usual: Settings = usualSettings): ReadPolicy => {
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault) return { ok: false, problem: `it is not YAML: ${fault.message.split('\n')[0]}` };
  try {
    const file: unknown = document.toJS({ maxAliasCount: 0 });
    if (!isMap(file)) throw new Mistake('it must hold `mode:` and `rules:`');
    onlyKeys(file, ['mode', 'rules', ...settingKeys], 'the policy');
    return { ok: true, policy: policyOf(file), settings: readSettings(file, usual) };
  } catch (error) {
    if (error instanceof Mistake) return { ok: false, problem: error.message };
    return { ok: false, problem: `it can't be read: ${(error as Error).message}` };
  }
};

const policyOf = (value: Record<string, unknown>): Policy => {
  const mode = value.mode === undefined ? PolicyMode.approved : oneOf(value.mode, PolicyMode, '`mode`');
  const list = value.rules ?? [];
  if (!Array.isArray(list)) throw new Mistake('`rules` must be a list');
  if (list.length > policyRulesMax) throw new Mistake(`\`rules\` may hold at most ${policyRulesMax}`);
  const rules = list.map((rule, at) => ruleOf(rule, at + 1));
  const names = rules.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Mistake(`two rules are called "${twice}"`);
  return { mode, rules };
};

const ruleOf = (value: unknown, number: number): PolicyRule => {
  const nth = `rule ${number}`;
  if (!isMap(value)) throw new Mistake(`${nth} must be a map that begins with deny, allow or require`);
  const found = kinds.filter((kind) => kind in value);
  const [kind] = found;
  if (!kind || found.length > 1) throw new Mistake(`${nth} must have exactly one of deny, allow and require`);
  const name = value[kind];
  if (typeof name !== 'string' || name.length > policyNameCharsMax || !namePattern.test(name))
    throw new Mistake(`${nth}: \`${kind}\` must be the rule's name, of letters, digits and spaces`);
  const where = `rule "${name}"`;
  onlyKeys(value, [kind, 'reason', ...conditions, ...(kind === 'require' ? ['approvers'] : [])], where);
  const given = conditions.filter((key) => value[key] !== undefined);
  if (given.length === 0 && kind !== 'require')
    throw new Mistake(`${where} needs one of ${conditions.join(', ')}: as it is, it would fit every script`);
  return {
    kind,
    name,
    reason: reasonOf(value.reason, where),
    risk: value.risk === undefined ? undefined : oneOf(value.risk, Risk, `${where}: \`risk\``),
    effects: listOf(value.effects, `${where}: \`effects\``)?.map((e) =>
      oneOf(e, Effect, `${where}: \`effects\``),
    ),
    commands: listOf(value.commands, `${where}: \`commands\``)?.map((c) => commandOf(c, where)),
    paths: listOf(value.paths, `${where}: \`paths\``)?.map((path) => pathOf(path, where)),
    users: listOf(value.users, `${where}: \`users\``),
    interpreter:
      value.interpreter === undefined
        ? undefined
        : oneOf(value.interpreter, Interpreter, `${where}: \`interpreter\``),
    approvers: kind === 'require' ? approversOf(value.approvers, where) : undefined,
  };
};

const oneOf = <T extends string>(value: unknown, values: Readonly<Record<string, T>>, where: string): T => {
  const found = Object.values(values).find((v) => v === value);
  if (found === undefined) throw new Mistake(`${where} must be one of ${Object.values(values).join(', ')}`);
  return found;
};

const listOf = (value: unknown, where: string): string[] | undefined => {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0 || value.some((v) => typeof v !== 'string' || v === ''))
    throw new Mistake(`${where} must be a list of texts`);
  return value as string[];
};

const reasonOf = (value: unknown, where: string): string => {
  if (typeof value !== 'string' || value.trim() === '' || value.length > policyReasonCharsMax)
    throw new Mistake(`${where} needs a \`reason\` of one line, for the people whom it refuses`);
  if (/\p{Cc}/u.test(value.trim())) throw new Mistake(`${where}: its \`reason\` must be one line`);
  return value.trim().replace(/\.$/, '');
};

const commandOf = (command: string, where: string): string => {
  if (!/^[\w.+[\]:-]+( [\w.+=:/-]+)*$/.test(command))
    throw new Mistake(
      `${where}: "${command}" is not a command's name with plain words after it; patterns are not taken here`,
    );
  return command;
};

const pathOf = (path: string, where: string): string => {
  if (!/^[/~]/.test(path) || /\p{Cc}/u.test(path) || path.split('/').some((part) => /^\.\.?$/.test(part)))
    throw new Mistake(`${where}: "${path}" must begin with / or ~, without "." and ".." in it`);
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
};

const approversOf = (value: unknown, where: string): number => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
    throw new Mistake(`${where} needs \`approvers\`, a number of people`);
  return value;
};
