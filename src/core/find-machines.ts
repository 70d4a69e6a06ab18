import type { Agent } from './agent.ts';
import type { Alert, MachineHint } from './alert.ts';
import type { MachineRule } from './alert-settings.ts';
import { hintCharsMax, machineChoicesMax } from './limits.ts';
import { andList } from './word-lists.ts';

/** The machines that an alert is about, by our names, and why; `choices` where it may be one of several. */
export interface FoundMachines {
  names: string[];
  choices: string[];
  why: string;
}

type Place = ReadonlyMap<string, readonly string[]>;

/**
 * Finds an alert's machines among those that have joined. Built once for many alerts.
 *
 * Names and labels come from enrolment or an admin and go first; what a machine says of itself (its addresses, what
 * its cloud calls it, its host name) is only asked where those say nothing, and never where two machines say the same.
 */
export const machineFinder = (
  agents: readonly Agent[],
  rules: readonly MachineRule[],
): ((alert: Pick<Alert, 'machines' | 'labels'>) => FoundMachines) => {
  const places = placesOf(agents);
  return (alert) => {
    const hints = [...mapped(alert, rules), ...alert.machines];
    let choices: readonly string[] = [];
    for (const hint of hints) {
      const found = lookUp(places, hint);
      if (found.length === 1)
        return { names: [...found], choices: [], why: `${hint.from} says "${hint.value}"` };
      if (choices.length === 0) choices = found;
    }
    if (choices.length > 0) {
      const few = choices.slice(0, machineChoicesMax);
      return { names: [], choices: few, why: `what it names fits ${andList(few)} alike` };
    }
    const first = hints[0];
    const why = first
      ? `no machine is called "${first.value}" (${first.from}), has that address or that cloud id`
      : 'it names no machine';
    return { names: [], choices: agents.map((a) => a.name).slice(0, machineChoicesMax), why };
  };
};

/** In the order in which they are asked, each by what it holds in small letters. */
const placesOf = (agents: readonly Agent[]): readonly Place[] => {
  const by = (keysOf: (agent: Agent) => readonly string[]): Place => {
    const place = new Map<string, string[]>();
    for (const agent of agents) {
      for (const key of new Set(keysOf(agent).map((k) => k.toLowerCase()))) {
        if (key !== '') place.set(key, [...(place.get(key) ?? []), agent.name]);
      }
    }
    return place;
  };
  return [
    by((a) => [a.name]),
    by((a) => Object.values(a.labels)),
    by((a) => a.facts.privateIps),
    by((a) => (a.facts.cloud ? [a.facts.cloud.instanceId] : [])),
    by((a) => [a.facts.hostname]),
  ];
};

const lookUp = (places: readonly Place[], { value }: MachineHint): readonly string[] => {
  const whole = value.toLowerCase();
  const short = /^\d+(\.\d+){3}$/.test(whole) || whole.includes(':') ? whole : (whole.split('.')[0] ?? whole);
  for (const key of new Set([whole, short])) {
    for (const place of places) {
      const found = place.get(key);
      if (found) return found;
    }
  }
  return [];
};

/** The settings' own rules, which know names that nobody could guess. */
const mapped = (
  { labels, machines }: Pick<Alert, 'machines' | 'labels'>,
  rules: readonly MachineRule[],
): MachineHint[] =>
  rules.flatMap(({ label, pattern, machine }) => {
    const texts = label === null ? machines.map((m) => m.value) : [labels[label] ?? ''];
    for (const text of texts) {
      const match = new RegExp(pattern).exec(text.slice(0, hintCharsMax));
      if (!match) continue;
      const value = machine.replace(/\$(\d)/g, (_, n: string) => match[Number(n)] ?? '');
      return [{ kind: 'name' as const, value, from: `the rule for ${label ?? 'machines'} in nerdyops.yml` }];
    }
    return [];
  });
