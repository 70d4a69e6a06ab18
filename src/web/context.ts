import type { FastifyRequest } from 'fastify';
import type { AlertDesk } from '../flow/alert-desk.ts';
import type { Desk } from '../flow/desk.ts';
import type { Hearing } from '../flow/hear.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Assets } from './assets.ts';
import type { ConsoleGuard } from './guard.ts';
import type { LiveHub } from './live.ts';
import type { Threads } from './threads.ts';

/** All that a route of the console needs. */
export interface ConsoleContext {
  desk: Desk;
  alerts: AlertDesk;
  hearing: Pick<Hearing, 'hear'>;
  log: Log;
  clock: Clock;
  guard: ConsoleGuard;
  threads: Threads;
  live: LiveHub;
  assets: Assets;
}

/** The console's own address as the browser knows it; the Host header was checked before. */
export const baseOf = (request: FastifyRequest): string => `${request.protocol}://${request.headers.host}`;
