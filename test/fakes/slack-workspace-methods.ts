import type { SlackAccess } from './slack-workspace-access.ts';
import type { SlackPace } from './slack-workspace-pace.ts';
import type { Json, SlackRecord } from './slack-workspace-record.ts';
import type { SlackRules } from './slack-workspace-rules.ts';
import type { SlackTriggers } from './slack-workspace-triggers.ts';

export interface SlackMethodParts {
  record: SlackRecord;
  access: SlackAccess;
  pace: SlackPace;
  rules: SlackRules;
  triggers: SlackTriggers;
  /** Where this workspace listens: `http://127.0.0.1:4711`. */
  url: () => string;
}

/** One method of the Web API: what it answers beside `ok`, or a refusal that it throws. */
export type SlackMethod = (args: Json) => Json;
