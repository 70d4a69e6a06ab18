import { Effect, Risk, type Verdict } from '../effect.ts';
import type { Meaning } from '../rule.ts';
import { named, say } from '../verdicts.ts';
import { constantOf, shownOf } from './constant.ts';
import { isWindowsSecret } from './places.ts';
import type { CmdletCall, CmdletRule } from './rule.ts';

const isRule = (rule: CmdletRule | Meaning): rule is CmdletRule => typeof rule === 'object' && 'is' in rule;

const verdictOf = (meaning: Meaning): Verdict => (typeof meaning === 'string' ? named[meaning] : meaning);

/** Parameters that make a reader write, whatever it reads; no reader has one of these names for anything else. */
const writers = [
  'outfile',
  'outputfile',
  'outputpath',
  'outputdirectory',
  'outputfilepath',
  'exportpath',
  'exportfile',
  'saveto',
  'reportpath',
  'destinationpath',
  'resultpath',
  'destination',
];
const isWriter = (name: string): boolean =>
  writers.some((w) => w === name || (name.length > 3 && w !== 'destination' && w.startsWith(name)));

/** What a cmdlet does, by its rule. */
export const applyCmdlet = (rule: CmdletRule | Meaning, call: CmdletCall): readonly Verdict[] => {
  const found: Verdict[] = [];
  if (isRule(rule)) {
    const turned = Object.entries(rule.turns ?? {}).find(([names]) => call.has(...names.split(' ')));
    found.push(verdictOf(turned ? turned[1] : rule.is));
    for (const [names, meaning] of Object.entries(rule.flags ?? {}))
      if (call.has(...names.split(' '))) found.push(verdictOf(meaning));
    found.push(...(rule.check?.(call) ?? []));
  } else found.push(verdictOf(rule));
  const isReader = found.every((verdict) => verdict.risk === Risk.readOnly);
  if (isReader) {
    if (call.isOpaque) found.push(say('unknown', 'has parameters that only show when it runs'));
    if (call.parameters.some(({ name }) => isWriter(name))) found.push(say('writes', 'stores what it finds'));
    if (call.has('forcebootstrap')) found.push(named.installs);
    const looks = found.some((verdict) => verdict.effects.includes(Effect.reads));
    if (looks && call.values.some((value) => isShare(constantOf(value, call.known) ?? shownOf(value))))
      found.push(say('network', 'opens a share, which logs in to another machine'));
    if (call.has('computername', 'cimsession')) found.push(remote);
  }
  if (isReader) found.push(...carries(call));
  else if (isSweeping(call)) found.push(say('destroys', 'does it to all there are'));
  const secret = isRule(rule) && rule.namesOnly ? null : secretIn(call);
  if (secret !== null && found.some((v) => v !== named.nothing)) {
    const touched = say('secrets', `reads or touches the secret ${secret}`);
    // What only reads shows what it reads, here to a whole channel.
    found.push(isReader ? { ...touched, risk: Risk.dangerous } : touched);
  }
  return found;
};

/** Cmdlets that take away, by their verbs, given all there is instead of one. */
const isSweeping = (call: CmdletCall): boolean =>
  /^(remove|stop|disable|clear|suspend|uninstall|reset|dismount|unregister)-/.test(call.name) &&
  (call.isFedAll || call.values.some((value) => shownOf(value) === '*'));

/** A machine's name that is put together can carry what the script has read. */
const carries = (call: CmdletCall): readonly Verdict[] => {
  const host = call.value('computername', 'cimsession', 'server');
  const isComposed = call.values.some(
    (value) =>
      (value.type === 'string' || value.type === 'word') &&
      value.parts.some((part) => part.type === 'group') &&
      (value === host || value.lead.startsWith('\\\\')),
  );
  return isComposed ? [say('sends', 'asks a machine whose name is put together from what it read')] : [];
};

/** `\\server\share`, and no device or disk of this machine. */
const isShare = (text: string): boolean =>
  /^["']?(filesystem::)?[\\/]{2}(?![?.][\\/]|localhost[\\/]|127\.)[\w$-]/i.test(text);

const remote: Verdict = { risk: Risk.readOnly, effects: [Effect.networkOut], why: 'asks another machine' };

/** Parameters that hold texts, not paths. */
const texts = /^(message|value|inputobject|filter|query|pattern|object|prompt|body|text)$/;

const secretIn = (call: CmdletCall): string | null => {
  const held = new Set(call.parameters.filter((p) => texts.test(p.name)).map((p) => p.value));
  for (const value of call.values) {
    if (held.has(value)) continue;
    for (const one of value.type === 'list' ? value.items : [value]) {
      const text = constantOf(one, call.known) ?? shownOf(one);
      if (isWindowsSecret(text)) return text;
    }
  }
  return null;
};
