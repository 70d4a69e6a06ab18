import { distance } from 'fastest-levenshtein';
import type { Agent } from './agent.ts';
import { targetsMax } from './limits.ts';
import {
  findMachinePhrase,
  type MachinePhrase,
  type Names,
  parseSelector,
  type Selector,
} from './selector.ts';
import { type Sentence, sentence } from './sentences.ts';
import type { Target } from './task.ts';

/** What is known of the conversation that a request stands in. */
export interface TargetContext {
  /** The machines last spoken of in the thread, by agent id. */
  threadAgentIds: readonly string[];
  /** The channel's default machines, by agent id. */
  channelAgentIds: readonly string[];
  /** True where `on` is the answer to a question, which the words need not agree with any more. */
  isAnswered?: boolean;
  /** Knows the words that requests are made of; without it every word may be one. */
  isPlainWord?: Names['isPlainWord'];
}

export type Resolution =
  | { kind: 'resolved'; targets: Target[]; words: string }
  /** A person must say which: `options` are names that may be chosen, at most `optionsMax` of them. */
  | { kind: 'ask'; sentence: Sentence; options: string[]; words: string }
  | { kind: 'none'; sentence: Sentence; words: string };

/** As many as every surface's menu holds. */
const optionsMax = 25;
/** Nearest names that are offered for one that doesn't exist. */
const nearestMax = 3;

/**
 * Finds the machines that a request means, before any model is asked (DESIGN §6).
 *
 * @param on machines named beside the request (`--on`). Where its words name others, a person says which are meant:
 *   whoever is taken at half their word runs a script on the wrong machine.
 */
export const resolveTargets = (
  request: string,
  on: string | null,
  agents: readonly Agent[],
  context: TargetContext,
): Resolution => {
  const byName = new Map(agents.map((a) => [a.name.toLowerCase(), a]));
  const phrase = findMachinePhrase(request, (name) => byName.has(name.toLowerCase()), {
    isNearName: (name) => isNearName(name, agents),
    ...(context.isPlainWord ? { isPlainWord: context.isPlainWord } : {}),
  });
  const words = phrase?.words || request;
  if (agents.length === 0) return { kind: 'none', sentence: sentence('no_agents', {}), words };
  if (on !== null) {
    const beside = resolveOn(on, agents, context, words);
    return (context.isAnswered ? null : differing(phrase, beside, agents, context)) ?? beside;
  }
  if (phrase) return matchSelector(phrase.selector, phrase.written, agents, context, words);
  return fromContext(agents, context, words);
};

const resolveOn = (
  on: string,
  agents: readonly Agent[],
  context: TargetContext,
  words: string,
): Resolution => {
  // A menu's choice is a machine's name, whatever else the word might mean ("all", "here").
  const named = agents.find((a) => a.name.toLowerCase() === on.trim().toLowerCase());
  if (named) return resolved([named], words);
  const selector = parseSelector(on);
  return selector ? matchSelector(selector, on, agents, context, words) : unknown(on, [], agents, words);
};

/** The question which machines are meant, where the words surely name others than those beside them; else null. */
const differing = (
  phrase: MachinePhrase | null,
  beside: Resolution,
  agents: readonly Agent[],
  context: TargetContext,
): Resolution | null => {
  if (!phrase?.certain || phrase.selector.kind === 'here' || beside.kind !== 'resolved') return null;
  const { words } = beside;
  const said = matchSelector(phrase.selector, phrase.written, agents, context, words);
  if (said.kind !== 'resolved') return null;
  const [inWords, besideThem] = [said, beside].map(({ targets }) => targets.map((t) => t.name).join(', '));
  if (inWords === undefined || besideThem === undefined || inWords === besideThem) return null;
  const values = { said: phrase.written, beside: beside.targets.map((t) => t.name) };
  return {
    kind: 'ask',
    sentence: sentence('machines_differ', values),
    options: [besideThem, inWords],
    words,
  };
};

const toTarget = (agent: Agent): Target => ({
  agentId: agent.id,
  name: agent.name,
  platform: agent.facts.platform,
  ...(agent.facts.policy?.user ? { user: agent.facts.policy.user } : {}),
});

const resolved = (found: readonly Agent[], words: string): Resolution => {
  const unique = [...new Map(found.map((a) => [a.id, a])).values()];
  if (unique.length > targetsMax) {
    return {
      kind: 'none',
      sentence: sentence('machines_too_many', { count: unique.length, countMax: targetsMax }),
      words,
    };
  }
  return { kind: 'resolved', targets: unique.map(toTarget).sort(byTargetName), words };
};

const byTargetName = (a: Target, b: Target): number => a.name.localeCompare(b.name, 'en', { numeric: true });

/** @param here the word that pointed at the conversation's machine, null where nothing did. */
const fromContext = (
  agents: readonly Agent[],
  context: TargetContext,
  words: string,
  here: string | null = null,
): Resolution => {
  for (const ids of [context.threadAgentIds, context.channelAgentIds]) {
    const found = agents.filter((a) => ids.includes(a.id));
    if (found.length > 0) return resolved(found, words);
  }
  // With one machine there is nothing to choose; asking would only train people to click.
  if (agents.length === 1) return resolved(agents, words);
  return {
    kind: 'ask',
    sentence:
      here === null
        ? sentence('machine_missing', { count: agents.length })
        : sentence('machine_here_unknown', { here, count: agents.length }),
    options: menuOf(agents),
    words,
  };
};

const menuOf = (agents: readonly Agent[]): string[] =>
  agents
    .map((a) => a.name)
    .sort()
    .slice(0, optionsMax);

const matchSelector = (
  selector: Selector,
  written: string,
  agents: readonly Agent[],
  context: TargetContext,
  words: string,
): Resolution => {
  switch (selector.kind) {
    case 'here':
      return fromContext(agents, context, words, written);
    case 'all': {
      const found = agents.filter((a) => isSelected(selector, a));
      return found.length > 0 ? resolved(found, words) : noneMatch(written, words);
    }
    case 'labels': {
      const found = agents.filter((a) => isSelected(selector, a));
      return found.length > 0 ? resolved(found, words) : noneMatch(written, words);
    }
    case 'names':
      return matchNames(selector.patterns, agents, words);
  }
};

/** Whether a selector means this machine, wherever it is asked: a policy's rule has no conversation around it. */
export const isSelected = (
  selector: Selector,
  { name, labels, facts }: Pick<Agent, 'name' | 'labels'> & { facts: Pick<Agent['facts'], 'platform'> },
): boolean => {
  switch (selector.kind) {
    case 'here':
      return false;
    case 'all':
      return selector.platform === null || facts.platform === selector.platform;
    case 'labels':
      return Object.entries(selector.labels).every(([key, value]) => labels[key] === value);
    case 'names':
      return selector.patterns.some((pattern) => nameMatches(name, pattern));
  }
};

const matchNames = (patterns: readonly string[], agents: readonly Agent[], words: string): Resolution => {
  const hits = patterns.map((pattern) => ({
    pattern,
    found: agents.filter((a) => nameMatches(a.name, pattern)),
  }));
  const found = hits.flatMap((hit) => hit.found);
  const missed = hits.find((hit) => hit.found.length === 0)?.pattern;
  if (missed === undefined) return resolved(found, words);
  return /[*?]/.test(missed) ? noneMatch(missed, words) : unknown(missed, found, agents, words);
};

/**
 * `*` is any run of characters, `?` any one. Goes back to the last `*` only, so that no pattern that a person types
 * can hold the event loop, as a regular expression made of it could.
 */
const nameMatches = (name: string, pattern: string): boolean => {
  const [text, glob] = [name.toLowerCase(), pattern.toLowerCase()];
  let [at, g, star, starAt] = [0, 0, -1, 0];
  while (at < text.length) {
    if (glob[g] === '*') {
      star = g++;
      starAt = at;
    } else if (glob[g] === '?' || glob[g] === text[at]) {
      at++;
      g++;
    } else if (star >= 0) {
      g = star + 1;
      at = ++starAt;
    } else return false;
  }
  return /^\**$/.test(glob.slice(g));
};

const noneMatch = (selector: string, words: string): Resolution => ({
  kind: 'none',
  sentence: sentence('machines_none_match', { selector }),
  words,
});

/** @param known the machines of the same list that exist: an answer must not lose them. */
const unknown = (
  name: string,
  known: readonly Agent[],
  agents: readonly Agent[],
  words: string,
): Resolution => {
  const others = [...new Set(known.map((a) => a.name))].sort();
  const nearest = nearestNames(
    name,
    agents.map((a) => a.name).filter((n) => !others.includes(n)),
  );
  if (others.length > 0) {
    return {
      kind: 'ask',
      sentence: sentence('machine_unknown_among', { name, others, nearest }),
      options: [...nearest.map((n) => [...others, n].join(', ')), others.join(', ')],
      words,
    };
  }
  // With nothing near, any may be meant: the person chooses, and nothing is taken for them.
  const options = nearest.length > 0 ? nearest : menuOf(agents);
  return { kind: 'ask', sentence: sentence('machine_unknown', { name, nearest }), options, words };
};

/** The names that a misspelt one may have meant, best first. */
export const nearestNames = (name: string, names: readonly string[]): string[] => {
  const wanted = name.toLowerCase();
  return names
    .map((n) => ({ n, far: distance(wanted, n.toLowerCase()), starts: n.toLowerCase().startsWith(wanted) }))
    .filter(
      ({ far, n, starts }) => starts || far <= Math.max(2, Math.floor(Math.min(n.length, name.length) / 3)),
    )
    .sort((a, b) => Number(b.starts) - Number(a.starts) || a.far - b.far || a.n.localeCompare(b.n))
    .slice(0, nearestMax)
    .map(({ n }) => n);
};

/** A slip of the pen: one wrong letter, or two in a long name. */
const isNearName = (name: string, agents: readonly Agent[]): boolean => {
  const wanted = name.toLowerCase();
  const farMax = wanted.length < 6 ? 1 : 2;
  const isNear = ({ name: known }: Agent): boolean =>
    Math.abs(known.length - wanted.length) <= farMax && distance(wanted, known.toLowerCase()) <= farMax;
  return wanted.length > 1 && agents.some(isNear);
};
