import type { IncidentPlace } from './incident.ts';
import type { Actor, Instant } from './task.ts';

/** A read-only check that is asked again and again, and raises an alert while its condition holds. */
export interface Watch {
  name: string;
  /** What is asked, as a person would ask it. */
  request: string;
  /** The machines, as `--on` takes them; null where the request names them. */
  on: string | null;
  /** When, as cron has it, in that time zone. */
  cron: string;
  timezone: string;
  /** As it was written. */
  condition: string;
  /** Where its alerts go when no route says otherwise. */
  home: IncidentPlace | null;
  by: Actor;
  createdAt: Instant;
  removedAt: Instant | null;
  /** When it is asked next. A server that was away asks once and not for each time it has missed. */
  nextAt: Instant;
  /** The last task, while it is on its way: no two at one time. */
  task: number | null;
  /** What the last one came to, in words; null before the first. */
  says: string | null;
}
