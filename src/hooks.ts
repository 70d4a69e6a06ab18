import { type Fetcher, webFetcher } from './alerts/fetcher.ts';
import { PayloadReader } from './alerts/hook-reader.ts';
import { SnsCertificates } from './alerts/sns-certificates.ts';
import { SqsPoller } from './alerts/sqs.ts';
import type { Config } from './config.ts';
import type { Roster } from './core/policy/roster.ts';
import type { CarefulRedactor } from './flow/careful-redactor.ts';
import { Hooks } from './flow/hooks.ts';
import { hookBurstMax, hookPerSecondMax } from './http/limits.ts';
import type { AlertIntake } from './ports/alert-intake.ts';
import type { Clock } from './ports/clock.ts';
import type { HookReader } from './ports/hook-reader.ts';
import type { Log } from './ports/log.ts';
import type { Service } from './ports/service.ts';
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

/** What polls the queue of alarms; null where none is configured. */
export const makePoller = (
  { sqs }: Pick<Config, 'sqs'>,
  parts: {
    reader: HookReader;
    intake: AlertIntake;
    store: Store;
    redactor: CarefulRedactor;
    clock: Clock;
    log: Log;
  },
): Service | null => {
  if (!sqs) return null;
  const { reader, intake, store, redactor, clock, log } = parts;
  const redact = (text: string): string => redactor.text(text);
  return new SqsPoller({ ...sqs, reader, intake, store, redact, now: () => clock.now(), log });
};
