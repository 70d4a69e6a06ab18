import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Heard, HeardOutcome } from '../../src/flow/hear.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Log } from '../../src/ports/log.ts';
import { webConsole } from '../../src/web/app.ts';
import type { Machines } from '../../src/web/machines.ts';
import { ConsoleSessions } from '../../src/web/session.ts';
import { memorySessionStore, type SessionStore } from '../../src/web/session-store.ts';
import { FakeAlerts } from './fake-alerts.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeDesk } from './fake-desk.ts';
import { FakeMachines } from './fake-machines.ts';

export interface Logged {
  level: string;
  fields: object;
  message: string;
}

export const memoryLog = (): Log & { entries: Logged[] } => {
  const entries: Logged[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    entries.push({ level, fields, message });
  };
  return { entries, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};

/** Says of everything that is brought to it that it was watched. */
class FakeHearing {
  readonly #heard: Heard[];
  constructor(heard: Heard[]) {
    this.#heard = heard;
  }

  async hear(heard: Heard): Promise<HeardOutcome> {
    this.#heard.push(heard);
    const listing = { kind: 'watches' as const, title: 'Watching: <x>', lead: 'So & so.', rows: [] };
    return { kind: 'listing', listing: { ...listing, empty: '', foot: null } };
  }
}

/** The console on a real socket, with a desk in memory. */
export interface Harness<C extends Clock = FakeClock> {
  app: FastifyInstance;
  desk: FakeDesk;
  alerts: FakeAlerts;
  /** What was brought to be obeyed. */
  heard: Heard[];
  clock: C;
  log: ReturnType<typeof memoryLog>;
  sessions: ConsoleSessions;
  port: number;
  base: string;
  stop(): Promise<void>;
}

export const startConsole = async <C extends Clock = FakeClock>(
  options: { clock?: C; store?: SessionStore; allowedHosts?: string[]; machines?: Machines } = {},
): Promise<Harness<C>> => {
  const clock = options.clock ?? (new FakeClock() as unknown as C);
  const log = memoryLog();
  const desk = new FakeDesk(clock);
  const alerts = new FakeAlerts(desk);
  const sessions = new ConsoleSessions({ clock, log, store: options.store ?? memorySessionStore() });
  await sessions.start();
  const app = Fastify();
  const machines = options.machines ?? new FakeMachines(desk, clock);
  const allowedHosts = options.allowedHosts ?? [];
  const heard: Heard[] = [];
  const hearing = new FakeHearing(heard);
  await app.register(webConsole({ desk, alerts, hearing, machines, clock, log, sessions, allowedHosts }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  return { app, desk, alerts, heard, clock, log, sessions, port, base, stop: () => app.close() };
};
