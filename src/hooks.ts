import { type Fetcher, webFetcher } from './alerts/fetcher.ts';
import { PayloadReader } from './alerts/hook-reader.ts';
import { SnsCertificates } from './alerts/sns-certificates.ts';
import type { Config } from './config.ts';
import type { Roster } from './core/policy/roster.ts';
import { Hooks } from './flow/hooks.ts';
import { hookBurstMax, hookPerSecondMax } from './http/limits.ts';
import type { Clock } from './ports/clock.ts';
import type { HookReader } from './ports/hook-reader.ts';
import type { Store } from './ports/store.ts';

/** Where alerts come in, wired: the addresses, who reads what comes in at them, and at what pace. */
export interface HookWiring {
  hooks: Hooks;
  reader: HookReader;
  rate: { burst: number; perSecond: number };
}

/** @param parts.fetcher how SNS is asked for its certificates; by HTTP where it isn't given. */
export const makeHooks = (
  { mappings, hooks: settings }: Pick<Config, 'mappings' | 'hooks'>,
  parts: { store: Store; clock: Clock; roster: () => Roster; fetcher?: Fetcher },
): HookWiring => {
  const { store, clock, roster, fetcher = webFetcher } = parts;
  const now = () => clock.now();
  const certificates = new SnsCertificates({ fetcher, now });
  return {
    hooks: new Hooks({ store, roster, mappings: Object.keys(mappings) }),
    reader: new PayloadReader({ mappings, certificates, fetcher, now }),
    rate: {
      burst: settings.burst ?? hookBurstMax,
      perSecond: settings.perSecond ?? hookPerSecondMax,
    },
  };
};
