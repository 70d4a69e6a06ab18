import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const shape = z.object({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }) }),
});

const text = readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8');

/** manifest.yml as it stands, whole. */
export const manifestData: unknown = parse(text);

/** What tests need to know of it. */
export const manifest = shape.parse(manifestData);
