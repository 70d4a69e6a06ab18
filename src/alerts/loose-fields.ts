import type { z } from 'zod';
import type { text } from './fields.ts';
import { plainName } from './texts.ts';

/** How deep a templated payload nests what it says. */
const depthMax = 4;

/** What stands in a payload under any of these names, first come first served; null for nothing. */
export type Pick = (...names: string[]) => z.infer<typeof text>;

/**
 * Reads a payload whose form its sender's own template decides (Datadog, Zabbix, Kibana): by plain names, so that
 * `alert.transition` and `ALERT_TRANSITION` are both `alerttransition`, and by what is left of them without their beginnings.
 * Placeholders that the sender left unfilled (`$ALERT_ID`, `{HOST.IP}`, `{{alert.id}}`) are nothing.
 */
export const looseFields = (payload: Record<string, unknown>): Pick => {
  const found = new Map<string, string>();
  // By width first: what stands at the top is meant before what is nested in something.
  let level: [string, unknown][] = Object.entries(payload);
  for (let depth = 0; depth < depthMax && level.length > 0; depth++) {
    const next: [string, unknown][] = [];
    for (const [path, value] of level) {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        next.push(...Object.entries(value).map(([key, one]): [string, unknown] => [`${path}.${key}`, one]));
        continue;
      }
      const word = wordOf(value);
      if (word === null) continue;
      const steps = path.split('.');
      for (let from = 0; from < steps.length; from++) {
        const name = plainName(steps.slice(from).join('.'));
        if (!found.has(name)) found.set(name, word);
      }
    }
    level = next;
  }
  return (...names) => names.map((name) => found.get(name)).find((word) => word !== undefined) ?? null;
};

const wordOf = (value: unknown): string | null => {
  if (value === null || value === undefined || typeof value === 'object') return null;
  const word = String(value).trim();
  return word === '' || isUnfilled(word) ? null : word;
};

const isUnfilled = (word: string): boolean =>
  /^(\$[A-Z_][A-Z0-9_]*(\[[^\]]*\])?|\{\{?[#A-Za-z][\w.#$ ()[\]'"-]*\}?\}|\*UNKNOWN\*|\{\$[\w.]+\})$/.test(
    word,
  );
