import os from 'node:os';
import { join } from 'node:path';
import {
  type AgentItem,
  type GatewayItem,
  loadServices,
  protocolVersion,
  type WireAuditHead,
  type WireHello,
  type WireOrder,
  type WireSpoolState,
  type WireWelcome,
} from '../../proto/agent-stream.ts';
import { outputHeadBytesMax, outputTailBytesMax } from '../../src/core/limits.ts';
import { lostRecheckMs, pollMs, pruneMs, spoolSweepMs } from './core/limits.ts';
import { ServerClock } from './core/server-clock.ts';
import { collectItems } from './link/collect-items.ts';
import type { LocalAddress } from './link/gateway-channel.ts';
import { GatewayLink, type Link, type LinkOwner } from './link/link.ts';
import { Membership } from './link/membership.ts';
import type { AgentLog } from './log.ts';
import { makeDataDir } from './run/data-dir.ts';
import { lockDataDir } from './run/data-dir-lock.ts';
import { type Disk, nodeDisk } from './run/disk.ts';
import { type Executor, ProcessExecutor } from './run/executor.ts';
import { Follower } from './run/follower.ts';
import { createHeartbeat } from './run/heartbeat.ts';
import { Intake } from './run/intake.ts';
import { keepPolicy, type PolicyParts } from './run/keep-policy.ts';
import { openIdentity } from './run/open-identity.ts';
import { Orphans } from './run/orphans.ts';
import { type PolicyKeeper, wirePolicyOf } from './run/policy-keeper.ts';
import { RunDesk } from './run/run-desk.ts';
import type { RunBook } from './run/run-record.ts';
import { Spool } from './run/spool.ts';
import { SpoolKeeper } from './run/spool-keeper.ts';
import { Starter } from './run/starter.ts';
import { StatusFile } from './run/status-file.ts';
import { Tombstones } from './run/tombstones.ts';
import { TrustedServer } from './run/trusted-server.ts';
import { Witness } from './run/witness.ts';
import { Workplaces } from './run/workplaces.ts';
import { writeWrapper } from './run/write-wrapper.ts';

/** Names the parts that `AgentParts.decorate` is shown. */
export type PartName = 'disk' | 'spool' | 'tombstones' | 'executor' | 'link';

export interface AgentParts extends PolicyParts {
  /** Null for the server that this machine has joined. */
  address: LocalAddress | null;
  /** The name and labels that this machine asks for; honoured on the local socket only. */
  name: string;
  labels: Record<string, string>;
  /** The text of agent.proto, and of the wrapper for this platform. */
  protoText: string;
  wrapperText: string;
  log: AgentLog;
  /**
   * Wraps a part, so that a test can stop the agent between any two of its steps. The parts have private fields: a
   * Proxy must call methods on its target, not on itself.
   */
  decorate?: <T extends object>(name: PartName, part: T) => T;
  pollMs?: number;
  lostRecheckMs?: number;
  spoolSweepMs?: number;
}

export interface Agent {
  /** Resolves when the spool is read and the link is trying. @throws DataDirInUse. */
  start(): Promise<void>;
  /** Ends the stream and the waiting wrapper; wrappers with a script go on. May be called twice. */
  stop(): Promise<void>;
}

/** Two agents on one spool would each start what the other has accepted. */
export class DataDirInUse extends Error {
  readonly dataDir: string;

  constructor(dataDir: string) {
    super(
      `Another agent uses the data directory ${dataDir}. Stop it, or give this one another name or data directory.`,
    );
    this.dataDir = dataDir;
  }
}

const spoolStates: { readonly [P in 'accepted' | 'started' | 'finished']: WireSpoolState } = {
  accepted: 'SPOOL_STATE_ACCEPTED',
  started: 'SPOOL_STATE_STARTED',
  finished: 'SPOOL_STATE_FINISHED',
};

/** Modes: made; started; stopped. The wiring is in `#build`, what the gateway says is handled below it. */
class WiredAgent implements Agent, LinkOwner {
  readonly #parts: AgentParts;
  readonly #book: RunBook = new Map();
  readonly #loose: AgentItem[] = [];
  /** On the uptime, which goes on while the machine sleeps; other monotonic clocks stop, and make old orders young. */
  readonly #clock = new ServerClock(() => os.uptime() * 1000);
  readonly #beat: ReturnType<typeof createHeartbeat>;
  #agentId = '';
  #membership!: Membership;
  #server!: TrustedServer;
  #witness!: Witness;
  readonly #policy: PolicyKeeper;
  readonly #workplaces: Workplaces;
  #spool!: Spool;
  #tombstones!: Tombstones;
  #executor!: Executor;
  #follower!: Follower;
  #desk!: RunDesk;
  #intake!: Intake;
  #starter!: Starter;
  #orphans!: Orphans;
  #keeper!: SpoolKeeper;
  #link: Link | null = null;
  #prune: NodeJS.Timeout | null = null;
  #unlock: (() => void) | null = null;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#beat = createHeartbeat(parts.dataDir);
    this.#policy = keepPolicy(parts);
    this.#workplaces = new Workplaces(parts.dataDir, parts.log);
  }

  async start(): Promise<void> {
    const { dataDir, decorate = (_, part) => part } = this.#parts;
    const disk = decorate('disk', nodeDisk);
    makeDataDir(dataDir, disk);
    this.#unlock = await lockDataDir(dataDir);
    if (!this.#unlock) throw new DataDirInUse(dataDir);
    this.#membership = await this.#openMembership(disk);
    const { agentId, pinned } = this.#membership.identity;
    this.#agentId = agentId;
    const keep = (next: typeof pinned) => this.#membership.keepPinned(next);
    this.#server = new TrustedServer(pinned, keep, this.#parts.log);
    this.#witness = new Witness(dataDir, nodeDisk, this.#parts.log);
    this.#witness.open();
    const wrapper = writeWrapper(dataDir, this.#parts.wrapperText);
    const { bootId } = this.#parts.machine;
    const spoolDir = join(dataDir, 'spool');
    this.#spool = decorate('spool', new Spool(spoolDir, disk, bootId));
    this.#tombstones = decorate('tombstones', new Tombstones(spoolDir, disk));
    await this.#spool.open();
    this.#tombstones.open();
    const parts = { dir: spoolDir, bootId, spool: this.#spool, disk, log: this.#parts.log };
    this.#orphans = new Orphans({ ...parts, wallMs: () => Date.now(), uptimeMs: () => os.uptime() * 1000 });
    this.#orphans.start();
    this.#build(wrapper, decorate);
    await this.#desk.recover(this.#agentId);
    // Whose directories these are can make it slow: nobody waits for it.
    void this.#workplaces.sweep(this.#policy.confinement()?.user ?? null, (runId) => this.#book.has(runId));
    this.#follower.start();
    this.#starter.start();
    this.#keeper.start();
    this.#executor.refill();
    this.#prune = setInterval(() => this.#pruneTombstones(), pruneMs).unref();
    this.#tellPolicy();
    this.#link?.start();
  }

  async #openMembership(disk: Disk): Promise<Membership> {
    const { dataDir, address, log, machine, protoText } = this.#parts;
    const { agentVersion } = machine.facts;
    return new Membership({
      file: await openIdentity(dataDir, address !== null, disk, nodeDisk),
      address,
      gateway: loadServices(protoText).gateway,
      status: new StatusFile(dataDir, nodeDisk, agentVersion, Date.now()),
      agentVersion,
      now: () => this.#clock.now(),
      wallMs: Date.now,
      random: Math.random,
      log,
    });
  }

  #tellPolicy(): void {
    const { log, policy } = this.#parts;
    const state = this.#policy.state();
    const { user } = this.#policy.confinement() ?? { user: null };
    if (user) log.info({ user: user.name, loophole: user.loophole }, 'scripts run as another user');
    if (state.kind === 'none') return;
    if (state.kind === 'file')
      log.info({ file: policy?.path, mode: state.policy.mode }, 'local policy in force');
    else
      log.error(
        { file: policy?.path, problem: state.problem },
        'the local policy is broken: every order is refused',
      );
  }

  #build(wrapper: string, decorate: NonNullable<AgentParts['decorate']>): void {
    const { log } = this.#parts;
    const book = this.#book;
    const spool = this.#spool;
    const tombstones = this.#tombstones;
    const clock = this.#clock;
    const workplaces = this.#workplaces;
    const monotonicMs = () => performance.now();
    const changed = (withinMs?: number) => this.#link?.wake(withinMs);
    this.#executor = decorate('executor', this.#makeExecutor(wrapper));
    const ended = (run: Parameters<Starter['ended']>[0]) => {
      starter.ended(run);
      this.#desk.ended(run);
    };
    this.#follower = new Follower({
      spool,
      book,
      log,
      monotonicMs,
      changed,
      started: (run) => starter.started(run),
      lost: (run) => this.#orphans.adopt(run),
      ended,
      pollMs: this.#parts.pollMs ?? pollMs,
      lostRecheckMs: this.#parts.lostRecheckMs ?? lostRecheckMs,
    });
    const keeper = new SpoolKeeper({
      dir: this.#parts.dataDir,
      ...{ spool, workplaces, book, log },
      bounds: () => this.#policy.settings().spool,
      now: () => clock.now(),
      sweepMs: this.#parts.spoolSweepMs ?? spoolSweepMs,
    });
    this.#keeper = keeper;
    const starter = new Starter({
      spool,
      workplaces,
      policy: this.#policy,
      executor: this.#executor,
      follower: this.#follower,
      clock,
      log,
      monotonicMs,
      pollMs: this.#parts.pollMs ?? pollMs,
    });
    this.#starter = starter;
    const follower = this.#follower;
    this.#desk = new RunDesk({ spool, keeper, workplaces, tombstones, follower, starter, book, log });
    this.#intake = new Intake({
      spool,
      tombstones,
      executor: this.#executor,
      starter,
      policy: this.#policy,
      keeper,
      book,
      log,
      changed,
      wallMs: () => Date.now(),
      trust: () => this.#trust(),
      say: (item) => this.#loose.push(item),
    });
    const server = this.#membership;
    const link = new GatewayLink({ server, owner: this, log, random: Math.random, monotonicMs });
    this.#link = decorate('link', link);
  }

  #makeExecutor(wrapper: string): Executor {
    const { machine } = this.#parts;
    const spool = this.#spool;
    return new ProcessExecutor({
      platform: process.platform,
      shells: machine,
      wrapper,
      env: machine.env,
      usualLimits: { outputHeadBytes: outputHeadBytesMax, outputTailBytes: outputTailBytesMax },
      confinement: () => this.#policy.confinement(),
      prepare: () => spool.prepareSeat(),
      discard: (dir) => spool.discard(dir),
    });
  }

  async stop(): Promise<void> {
    if (this.#prune) clearInterval(this.#prune);
    await this.#link?.stop();
    await this.#membership?.stop();
    this.#starter?.stop();
    await this.#intake?.stop();
    this.#follower?.stop();
    this.#orphans?.stop();
    await this.#keeper?.stop();
    await Promise.all([this.#executor?.stop(), this.#desk?.stop()]);
    this.#unlock?.();
    this.#unlock = null;
  }

  hello(): WireHello {
    this.#intake.overtakenByHello();
    const runs = [...this.#book.values()].map((run) => ({
      runId: run.wireId,
      state: spoolStates[run.phase],
    }));
    return {
      protocolVersion,
      agentId: this.#agentId,
      spoolId: this.#spool.id,
      bootId: this.#parts.machine.bootId,
      facts: { ...this.#parts.machine.facts, policy: wirePolicyOf(this.#policy) },
      runs,
      localName: this.#parts.name,
      localLabels: this.#parts.labels,
      pinnedKeyId: this.#server.keyId,
      witness: this.#witness.latest,
    };
  }

  welcome(welcome: WireWelcome): string | null {
    const refusal = this.#membership.objection(welcome) ?? this.#server.welcomed(welcome);
    if (refusal !== null) return refusal;
    this.#clock.set(welcome.now);
    this.#membership.welcomed(welcome);
    // Answers to an earlier stream's items; the gateway asks again for what it still needs.
    this.#loose.length = 0;
    this.#witness.welcomed();
    this.#desk.welcome(welcome);
    this.#pruneTombstones();
    return null;
  }

  #trust() {
    const now = this.#clock.now();
    if (now === null) return null;
    const { serverId } = this.#server;
    const user = this.#policy.user();
    return { keys: this.#server.keys(now), serverId, agentId: this.#agentId, user, now };
  }

  received(items: GatewayItem[]): void {
    const { keeping } = this.#server;
    if (keeping) {
      keeping.then(() => this.received(items));
      return;
    }
    const orders: WireOrder[] = [];
    const take = () => {
      if (orders.length === 0) return;
      this.#intake.take(orders.splice(0)).catch((error) => {
        this.#parts.log.error({ err: String(error) }, 'orders could not be taken');
      });
    };
    for (const [at, item] of items.entries()) {
      if ('order' in item) {
        orders.push(item.order);
        continue;
      }
      // What stands after an order is handled after it.
      take();
      if ('challenge' in item) {
        // At once, past output that waits for room: who is slow to answer is taken for dead.
        this.#link?.say({ challengeReply: { nonce: item.challenge.nonce } });
        continue;
      }
      if ('auditHead' in item) {
        this.#remember(item.auditHead);
        continue;
      }
      if ('keySuccession' in item) {
        const refusal = this.#server.told(item.keySuccession, this.#clock.now() ?? 0);
        if (refusal !== null) this.#link?.distrust(refusal);
        // The rest may hold orders of the new key, which waits for the disk.
        else this.received(items.slice(at + 1));
        return;
      }
      this.#desk.receive(item, (runId) => this.#intake.cancel(runId));
    }
    take();
    // Acknowledgements make room for more output.
    this.#link?.wake();
  }

  #remember(head: WireAuditHead): void {
    const keys = this.#server.keys(this.#clock.now() ?? 0);
    const conflict = this.#witness.shown(head, this.#server.serverId, keys);
    if (conflict) this.#loose.push({ witnessConflict: conflict });
  }

  collect(): AgentItem[] {
    return collectItems(this.#book, this.#loose, this.#spool);
  }

  heartbeat(): AgentItem {
    return { heartbeat: this.#beat() };
  }

  #pruneTombstones(): void {
    const now = this.#clock.now();
    if (now === null) return;
    this.#tombstones.prune(now).catch((error) => {
      this.#parts.log.warn({ err: String(error) }, 'old tombstones could not be pruned');
    });
  }
}

/** The agent, wired. Nothing happens before `start`. */
export const createAgent = (parts: AgentParts): Agent => new WiredAgent(parts);
