import { z } from 'zod';
import type { Agent } from '../core/agent.ts';
import { resolveTargets } from '../core/target.ts';

/** Where the modal was opened; it travels with it, since a server may have started anew when it is submitted. */
const originShape = z.object({
  /** Null for the direct messages of whoever asks. */
  channel: z.string().nullable(),
  under: z.string().nullable(),
  context: z.string().nullable(),
});
export type AskOrigin = z.infer<typeof originShape>;

/** Reads `private_metadata`; null for what is not ours. */
export const askOrigin = (metadata: string): AskOrigin | null => {
  try {
    return originShape.parse(JSON.parse(metadata));
  } catch {
    return null;
  }
};

/** Selectors chosen side by side, as one: what each means now is named. Null where none is. */
export const onOf = (machines: readonly string[], agents: readonly Agent[]): string | null => {
  const [first] = machines;
  if (first === undefined || machines.length === 1) return first ?? null;
  const names = machines.flatMap((machine) => {
    const resolution = resolveTargets('', machine, agents, { threadAgentIds: [], channelAgentIds: [] });
    return resolution.kind === 'resolved' ? resolution.targets.map(({ name }) => name) : [machine];
  });
  return [...new Set(names)].join(', ');
};
