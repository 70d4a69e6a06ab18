import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventBufferBytesMax, eventPingMs, eventStreamsMax } from '../../src/http/limits.ts';
import { aDelivery, anAlert } from '../fakes/alerts.ts';
import { askFor, joined, sentRun, turns } from '../flow/rig.ts';
import { type HttpRig, makeHttpRig, token } from './http-rig.ts';

/** One reader of the events over a real socket; what it was told, and a way to wait for more. */
class Reader {
  readonly #response: IncomingMessage;
  readonly ended: Promise<void>;
  #text = '';
  #waiting: (() => void)[] = [];
  #hasEnded = false;

  constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      this.#text += text;
      this.#wake();
    });
    response.on('error', () => {});
    this.ended = new Promise((resolve) => {
      response.on('close', () => {
        this.#hasEnded = true;
        this.#wake();
        resolve();
      });
    });
  }

  pause(): void {
    this.#response.pause();
  }

  resume(): void {
    this.#response.resume();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get text(): string {
    return this.#text;
  }

  /** The sequences so far, as the events' ids say them. */
  get ids(): number[] {
    return [...this.#text.matchAll(/^id: (\d+)$/gm)].map((m) => Number(m[1]));
  }

  async until(test: () => boolean): Promise<void> {
    while (!test()) {
      if (this.#hasEnded) throw new Error('the stream has ended');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  leave(): void {
    this.#response.destroy();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

let rig: HttpRig;
let readers: Reader[];
beforeEach(async () => {
  readers = [];
  rig = await makeHttpRig();
});
afterEach(async () => {
  for (const reader of readers) reader.leave();
  await rig.dispose();
});

const open = async (headers: Record<string, string> = {}, query = ''): Promise<Reader> => {
  const request = httpGet(`${rig.url}/api/v1/events${query}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    agent: false,
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  const reader = new Reader(response);
  readers.push(reader);
  await reader.until(() => reader.text.includes(': hello'));
  return reader;
};
const ask = (request = 'uptime') => rig.desk.ask(askFor(request));
const askMany = (count: number, request?: string) =>
  Promise.all(Array.from({ length: count }, () => ask(request)));
const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('the stream of events', () => {
  it('begins with what happens next, each entry of the log under its sequence', async () => {
    await askMany(3);
    const reader = await open();
    await ask();
    await reader.until(() => reader.ids.length === 1);
    expect(reader.ids).toEqual([4]);
    expect(reader.text).toMatch(/event: task\.create\ndata: \{"seq":4,.*"request":"uptime".*\}\n\n/);
  });

  it('goes on after the last event that the reader had, without a gap and without a repetition', async () => {
    await askMany(700);
    const reader = await open({ 'last-event-id': '5' });
    await askMany(300);
    await reader.until(() => reader.ids.at(-1) === 1_000);
    expect(reader.ids).toEqual(upTo(6, 1_000));
  });

  it('goes on from a number in the address too, for those who can set no header', async () => {
    await askMany(3);
    const reader = await open({}, '?after=1');
    await reader.until(() => reader.ids.at(-1) === 3);
    expect(reader.ids).toEqual([2, 3]);
  });

  it.each(['', 'abc', '-1', '1e3', '9'.repeat(30)])(
    'takes "%s" for no number: it begins with what is next',
    async (id) => {
      await askMany(3);
      const reader = await open({ 'last-event-id': id });
      await ask();
      await reader.until(() => reader.ids.length > 0);
      expect(reader.ids).toEqual([4]);
    },
  );

  it('tells which incident has changed, though only its count did', async () => {
    const reader = await open();
    await rig.incidents.intake.receive([anAlert()], aDelivery());
    await reader.until(() => reader.text.includes('event: incident\n'));
    expect(reader.text).toContain('event: incident\ndata: {"incident":1}');
  });

  it('tells of output without a sequence, so that a viewer looks again', async () => {
    await joined(rig, 'db1');
    const run = await sentRun(rig, 'uptime', 'db1');
    const reader = await open();
    await rig.reports.output(run.agentId, run.id, 'stdout', 0, Buffer.from('x\n'));
    await reader.until(() => reader.text.includes('event: output'));
    expect(reader.text).toContain(`event: output\ndata: {"task":${run.task}}`);
    expect(reader.ids).toEqual([]);
  });

  it('gives a sign of life where nothing happens', async () => {
    const reader = await open();
    rig.clock.step(eventPingMs);
    await reader.until(() => reader.text.includes(': still here'));
  });

  it('comes to every reader', async () => {
    const all = await Promise.all([open(), open(), open()]);
    await ask();
    for (const reader of all) await reader.until(() => reader.ids.length === 1);
  });
});

describe('a reader that is slow', () => {
  const long = 'x'.repeat(4_000);
  const bytes = 3 * eventBufferBytesMax;
  const entries = Math.ceil(bytes / long.length);

  it('gets all of a long log, however much that is: what is not read yet waits in the store', async () => {
    await askMany(entries, long);
    const reader = await open({ 'last-event-id': '0' });
    reader.pause();
    await turns(60);
    reader.resume();
    await reader.until(() => reader.ids.at(-1) === entries);
    expect(reader.ids).toEqual(upTo(1, entries));
  });

  it('that reads nothing from one sign of life to the next is ended, and comes back for the rest', async () => {
    const reader = await open({ 'last-event-id': '0' });
    reader.pause();
    // More than the kernel's own buffers hold.
    for (let i = 0; i < 6; i++) await askMany(entries, long);
    await turns(60);
    rig.clock.step(eventPingMs);
    reader.resume();
    await reader.ended;
    const last = reader.ids.at(-1) ?? 0;
    const again = await open({ 'last-event-id': String(last) });
    await again.until(() => again.ids.at(-1) === 6 * entries);
    expect([...reader.ids, ...again.ids]).toEqual(upTo(1, 6 * entries));
  });
});

describe('the end of a stream', () => {
  it('comes in order when the server stops', async () => {
    const reader = await open();
    await rig.app.close();
    await reader.ended;
  });

  it('leaves nothing behind when the reader goes', async () => {
    await turns();
    const before = rig.clock.pendingCount;
    const reader = await open();
    expect(rig.clock.pendingCount).toBeGreaterThan(before);
    reader.leave();
    await reader.ended;
    while (rig.clock.pendingCount > before) await turns(1);
    await ask();
    expect(rig.lines.filter((l) => l.level === 'error')).toEqual([]);
  });

  it('of a store that fails for a moment is the end of the stream, not of the server', async () => {
    const reader = await open();
    const { listAudit } = rig.real;
    rig.real.listAudit = () => Promise.reject(new Error('the disk is away'));
    await ask();
    await reader.ended;
    rig.real.listAudit = listAudit;
    const again = await open({ 'last-event-id': '0' });
    await again.until(() => again.ids.length === 1);
  });

  it('is there from the start for one reader too many', async () => {
    for (let i = 0; i < eventStreamsMax; i++) await open();
    const response = await rig.call('GET', '/api/v1/events');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    readers.pop()?.leave();
    await turns();
    while ((await rig.call('HEAD', '/api/v1/tasks')).status !== 200) await turns(1);
    await open();
  });
});
