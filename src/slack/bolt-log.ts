import { type Logger, LogLevel } from '@slack/web-api';
import type { Log } from '../ports/log.ts';

/**
 * Slack's SDKs in our log: their warnings and errors as ours at debug, since each comes back to us as a value that is told
 * with a sentence. What they say at info and debug holds whole messages and is left out.
 */
export const boltLog = (log: Log): Logger => {
  const told = (said: unknown[]): void =>
    log.debug(
      { said: said.map((part) => (part instanceof Error ? part.message : String(part))) },
      'slack sdk',
    );
  return {
    debug: () => {},
    info: () => {},
    warn: (...said) => told(said),
    error: (...said) => told(said),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
};
