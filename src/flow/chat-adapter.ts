import type { ChatConnection, ChatSurface } from '../ports/chat.ts';
import type { ChatRoute } from '../ports/chat-route.ts';
import type { Clock } from '../ports/clock.ts';
import type { Groups } from '../ports/groups.ts';
import type { Log } from '../ports/log.ts';
import type { AlertDesk } from './alert-desk.ts';
import type { Desk } from './desk.ts';
import type { Hearing } from './hear.ts';
import type { RunbookDesk } from './runbook-desk.ts';

/** What a chat platform's adapter is made of, beside its own settings. */
export interface ChatParts {
  desk: Desk;
  hearing: Hearing;
  /** Null while no alerts are taken. */
  alerts: AlertDesk | null;
  runbooks: RunbookDesk;
  /** The platforms' groups that the configuration names, as it writes them: each adapter keeps its own fresh. */
  groups: readonly string[];
  clock: Clock;
  log: Log;
}

/** One chat platform, made before anything has started: nothing is heard or posted before `connection.start`. */
export interface ChatAdapter {
  surface: ChatSurface;
  connection: ChatConnection;
  /** Where the platform calls us over HTTP; null where it doesn't. */
  route: ChatRoute | null;
  /** Null where the platform has none. */
  groups: Groups | null;
}

/** Each adapter's maker has its settings already, as `slackSurface(settings)` and `discordSurface(settings)` give it. */
export type MakeChat = (parts: ChatParts) => ChatAdapter;
