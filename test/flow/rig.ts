import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Card } from '../../src/core/card.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { policyOf, policyShape } from '../../src/core/policy/read-policy.ts';
import { classify } from '../../src/core/risk/classify.ts';
import type { Run } from '../../src/core/run.ts';
import type { Selector } from '../../src/core/selector.ts';
import type { Actor, Platform, TaskState } from '../../src/core/task.ts';
import { answerWorker } from '../../src/flow/answer.ts';
import { CarefulRedactor } from '../../src/flow/careful-redactor.ts';
import { Counter } from '../../src/flow/counter.ts';
import type { Ask, Outcome } from '../../src/flow/desk.ts';
import { Dispatcher } from '../../src/flow/dispatch.ts';
import { draftWorker } from '../../src/flow/draft.ts';
import { type Greeting, greet } from '../../src/flow/greet.ts';
import { Keys } from '../../src/flow/keys.ts';
import { Library } from '../../src/flow/library.ts';
import { OrderCheck } from '../../src/flow/order-check.ts';
import { recoverWorker } from '../../src/flow/recover.ts';
import { type Finish, Reports } from '../../src/flow/report.ts';
import { Terms } from '../../src/flow/terms.ts';
import type { AuditSeal } from '../../src/ports/audit-seal.ts';
import type { Drafter } from '../../src/ports/drafter.ts';
import type { ResultInterpreter } from '../../src/ports/interpreter.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Redactor } from '../../src/ports/redactor.ts';
import type { Service } from '../../src/ports/service.ts';
import type { Store, TaskRecord } from '../../src/ports/store.ts';
import { EmbeddedQueue } from '../../src/queue/embedded-queue.ts';
import { SecretRedactor } from '../../src/redaction/secret-redactor.ts';
import { Shelf } from '../../src/runbooks/shelf.ts';
import { SqliteStore } from '../../src/sql/sqlite-store.ts';
import { FileSigner } from '../../src/system/file-signer.ts';
import { anAgent } from '../contract/store-rows.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';
import { FakeDrafter } from './fake-mind.ts';

export const ada: Actor = { kind: 'person', surface: 'web', id: 'U1', name: 'Ada' };
export const serverId = 'server-1';

/** How a script that went well is reported. */
export const wentWell: Finish = {
  end: 'succeeded',
  exitCode: 0,
  stdoutBytes: 0,
  stderrBytes: 0,
  stdoutCutAt: null,
  stderrCutAt: null,
  sentence: null,
};

export type Rig = Awaited<ReturnType<typeof makeRig>>;

/** The agent that goes by that name in these tests. */
export const agentIdOf = (name: string): string => `agent-${name}-id`;

export const greetingOf = (name: string, over: Partial<Greeting> = {}): Greeting => ({
  agentId: agentIdOf(name),
  name,
  labels: {},
  facts: anAgent('x').facts,
  spoolId: `spool-of-${name}`,
  bootId: 'boot',
  runs: [],
  ...over,
});

/** Lets what is under way go on for a while; for tests that look at what must not happen. */
export const turns = async (count = 20): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

const openStore = async (clock: SteppedClock, log: Log) => {
  const path = mkdtempSync(join(tmpdir(), 'nerdyops-flow-'));
  const dataDir = join(path, 'd');
  const openSigner = (): FileSigner =>
    new FileSigner(join(dataDir, 'signing-keys.json'), serverId, clock.now());
  let signer: FileSigner | null = null;
  const seal = (): AuditSeal => {
    signer = openSigner();
    return { server: serverId, signer };
  };
  const store = new SqliteStore({ dataDir, clock, log, seal });
  await store.start();
  return {
    store,
    signer: signer ?? openSigner(),
    dataDir,
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
};

/** Calls `look` now and after each commit, until it gives something. */
export const untilIn =
  (store: Store) =>
  async <T>(look: () => Promise<T | null>): Promise<T> => {
    for (;;) {
      let end = (): void => {};
      const commit = new Promise<void>((resolve) => {
        end = store.onCommit(() => resolve());
      });
      const found = await look();
      if (found === null) await commit;
      end();
      if (found !== null) return found;
    }
  };

/** What the flow says to its log, for tests of what must be told. */
const listeningLog = () => {
  const lines: { level: string; message: string }[] = [];
  const at =
    (level: string) =>
    (_: object, message: string): void => {
      lines.push({ level, message });
    };
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { log, lines };
};

/** One person whom the rules know, alone here; tests of the rules bring their own. */
export const rigPolicy = policyOf(
  policyShape.parse({
    people: {
      ada: { role: 'admin', identities: ['web:U1'] },
      bob: { role: 'approver', identities: ['web:U2'] },
    },
    solo: true,
  }),
);

/** The flow on real parts: a store on a disk, the embedded queue, a key, and a clock that a test steps. */
export const makeRig = async (
  decorate: (store: Store) => Store = (store) => store,
  port: Redactor = new SecretRedactor(),
  policy: Policy = rigPolicy,
) => {
  const clock = new SteppedClock();
  const { log, lines } = listeningLog();
  const { store: real, signer, dataDir, remove } = await openStore(clock, log);
  const store = decorate(real);
  const queue = new EmbeddedQueue({ log });
  await queue.start();
  const terms = new Terms(policy, classify);
  const check = new OrderCheck({ store, signer, serverId, terms, log });
  const dispatcher = new Dispatcher({ store, queue, check, clock, log });
  const keys = new Keys({ store, signer, clock, log });
  const redactor = new CarefulRedactor({ redactor: port, log });
  const reports = new Reports(store, redactor);
  const calledBack: string[] = [];
  const links = {
    takes: () => false,
    deliver: () => {},
    cancel: (_: string, ids: readonly string[]) => void calledBack.push(...ids),
  };
  const postingSurfaces = new Set(['chat']);
  const seal = { signer, serverId };
  const channelDefaults = new Map<string, Selector>();
  const shelf = new Shelf([]);
  const { roster } = policy;
  const library = new Library({ store, shelf, redactor, roster, log });
  const parts = { store, terms, seal, dispatcher, links, postingSurfaces, redactor, library, clock };
  const desk = new Counter(parts);
  const services: Service[] = [];
  const started = async <S extends Service>(service: S): Promise<S> => {
    services.push(service);
    await service.start();
    return service;
  };
  const shared = { store, clock, log };
  const dispose = async (): Promise<void> => {
    for (const service of services) await service.stop();
    await queue.stop();
    await real.stop();
    remove();
  };
  return {
    ...{
      terms,
      seal,
      clock,
      log,
      lines,
      store,
      real,
      queue,
      signer,
      keys,
      check,
      dispatcher,
      reports,
      redactor,
      shelf,
      library,
      desk,
      dataDir,
      calledBack,
      channelDefaults,
    },
    until: untilIn(store),
    started,
    dispose,
    drafting: (drafter: Drafter, owner = 'server-1:a') =>
      started(draftWorker({ ...shared, drafter, terms, seal, dispatcher, channelDefaults, owner })),
    answering: (interpreter: ResultInterpreter, owner = 'server-1:a') =>
      started(answerWorker({ ...shared, interpreter, owner, onWords: (t, w) => desk.tellWords(t, w) })),
    recovering: () => started(recoverWorker({ ...shared, queue, dispatcher })),
  };
};

/** Machines that have joined. */
export const joined = async (rig: Rig, ...names: string[]): Promise<void> => {
  for (const name of names) await greet(rig.store, rig.check, greetingOf(name));
};

export const joinAs = async (rig: Rig, name: string, platform: Platform): Promise<void> => {
  const facts = { ...anAgent('x').facts, platform };
  await greet(rig.store, rig.check, greetingOf(name, { facts }));
};

export const askFor = (request: string, over: Partial<Ask> = {}): Ask => ({
  request,
  on: null,
  asker: ada,
  place: { surface: 'web', channel: 'web', thread: null },
  eventId: null,
  ...over,
});

/** The card of an outcome that must not be a refusal. */
export const cardOf = (outcome: Outcome): Card => {
  if (outcome.kind === 'refused') throw new Error(`refused: ${outcome.sentence.text}`);
  return outcome.card;
};

/** The record once the task is in one of these states. */
export const reached = (rig: Rig, task: number, ...states: TaskState[]): Promise<TaskRecord> =>
  rig.until(async () => {
    const record = await rig.store.getTask(task);
    return record && states.includes(record.task.state) ? record : null;
  });

/** Asks, and gives the proposal's card. The drafter is one that always has a script. */
export const proposed = async (rig: Rig, request: string, over: Partial<Ask> = {}): Promise<Card> => {
  const worker = await rig.drafting(new FakeDrafter(), `server-1:${request}`);
  const { task } = cardOf(await rig.desk.ask(askFor(request, over)));
  await reached(rig, task, 'proposed');
  await worker.stop();
  const card = await rig.desk.card(task);
  if (!card) throw new Error('no card');
  return card;
};

/** What the Approve button of this card sends. */
export const yes = (card: Card, canary = false) => ({
  by: ada,
  eventId: null,
  proposal: card.proposal?.revision ?? 0,
  digest: card.proposal?.digest ?? '',
  canary,
  confirm: card.terms?.confirmation?.text ?? null,
});

export const act = { by: ada, eventId: null };

/** Asks and approves; the runs wait in the queue. */
export const approved = async (rig: Rig, request: string, canary = false): Promise<TaskRecord> => {
  const card = await proposed(rig, request);
  cardOf(await rig.desk.approve(card.task, yes(card, canary)));
  return reached(rig, card.task, 'running');
};

/** As the gateway does: takes the agent's orders, which are `sent` then. */
export const sentTo = async (rig: Rig, name: string): Promise<Run[]> =>
  (await rig.dispatcher.take(agentIdOf(name))).map((order) => order.run);

/** Asks, approves and sends to one machine. */
export const sentRun = async (rig: Rig, request: string, name: string): Promise<Run> => {
  await approved(rig, request);
  const [run] = await sentTo(rig, name);
  if (!run) throw new Error('nothing was sent');
  return run;
};

export const stateOf = async (rig: Rig, runId: string) => (await rig.store.getRun(runId))?.state;
