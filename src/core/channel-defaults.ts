import { z } from 'zod';
import type { Agent } from './agent.ts';
import { selectorShape } from './policy/selector-shape.ts';
import type { Selector } from './selector.ts';
import { isSelected } from './target.ts';
import type { Place } from './task.ts';

const keyWords = 'must be written as surface:channel, for example slack:C024BE91L';

/** `channels:` in nerdyops.yml: `slack:C024BE91L: { on: role=db }`. */
export const channelsShape = z.record(
  z.string().regex(/^[a-z][a-z0-9-]*:[^\s:]{1,128}$/),
  z.strictObject({ on: selectorShape }),
  { error: (issue) => (issue.code === 'invalid_key' ? keyWords : undefined) },
);

/** The machines that a channel is about, by `surface:channel`: meant where neither the words nor the thread say which. */
export type ChannelDefaults = ReadonlyMap<string, Selector>;

export const channelDefaultsOf = (channels: z.infer<typeof channelsShape> = {}): ChannelDefaults =>
  new Map(Object.entries(channels).map(([key, { on }]) => [key, on]));

/** Those that there are now: a machine that joins with the label is one of them from then on. */
export const channelAgentIds = (
  defaults: ChannelDefaults,
  { surface, channel }: Pick<Place, 'surface' | 'channel'>,
  agents: readonly Agent[],
): string[] => {
  const selector = defaults.get(`${surface}:${channel}`);
  return selector ? agents.filter((agent) => isSelected(selector, agent)).map(({ id }) => id) : [];
};
