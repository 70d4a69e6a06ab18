import {
  type ChannelCredentials,
  type ChannelOptions,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js';
import {
  type AgentFrame,
  type AgentItem,
  type GatewayFrame,
  type GatewayItem,
  loadGatewayService,
  protocolVersion,
  type WireFinished,
  type WireHello,
  type WireOrder,
  type WireWelcome,
} from '../../proto/agent-stream.ts';
import { protoText } from '../agent/fake-gateway.ts';

type Call = ClientDuplexStream<AgentFrame, GatewayFrame>;

/** The hello of a machine, ordinary but for what a test says. */
export const helloOf = (name: string, over: Partial<WireHello> = {}): WireHello => ({
  protocolVersion,
  agentId: `agent-${name}-id`,
  spoolId: `spool-of-${name}`,
  bootId: 'boot',
  facts: {
    platform: 'PLATFORM_LINUX',
    arch: 'x64',
    hostname: name,
    osVersion: 'Debian 13',
    kernel: '6.12',
    privateIps: ['10.0.0.1'],
    shells: [{ interpreter: 'INTERPRETER_BASH', version: '5.2', path: '/bin/bash' }],
    cpus: 2,
    memoryBytes: 4 * 2 ** 30,
    agentVersion: '0.1.0',
    policy: null,
    cloud: null,
  },
  runs: [],
  localName: name,
  localLabels: {},
  pinnedKeyId: '',
  witness: null,
  ...over,
});

/** An end that went well, for a run that printed nothing. */
export const exited = (runId: Buffer, over: Partial<WireFinished> = {}): { finished: WireFinished } => ({
  finished: {
    ...{ runId, end: 'FINISHED_END_EXITED', exitCode: 0, stdoutBytes: 0, stderrBytes: 0 },
    ...{ stdoutCut: false, stdoutCutAt: 0, stderrCut: false, stderrCutAt: 0, endMissing: false },
    ...{ reason: 'REASON_UNSPECIFIED', detail: '' },
    ...over,
  } as WireFinished,
});

/** The far end of one stream over the real socket: says what a test lets it say, and keeps what it is told. */
export class TestAgent {
  readonly items: GatewayItem[] = [];
  readonly status: Promise<StatusObject>;
  readonly #call: Call;
  readonly #client: { close(): void };
  #waiting: (() => void)[] = [];
  #hasEnded = false;

  /**
   * @param target as gRPC writes it. @param reads false for one that looks at nothing after the welcome.
   * @param token shown where it isn't null. @param certified how it comes in over TLS.
   */
  constructor(
    target: string,
    reads = true,
    token: string | null = null,
    certified: { credentials: ChannelCredentials; options: ChannelOptions } | null = null,
  ) {
    const Service = loadGatewayService(protoText);
    const client = new Service(target, certified?.credentials ?? credentials.createInsecure(), {
      ...certified?.options,
      'grpc.max_send_message_length': -1,
      'grpc.use_local_subchannel_pool': 1,
    });
    this.#client = client;
    const metadata = new Metadata();
    if (token !== null) metadata.set('authorization', `Bearer ${token}`);
    this.#call = (client.Connect as unknown as (metadata: Metadata) => Call).call(client, metadata);
    this.#call.on('error', (_: ServiceError) => {});
    this.status = new Promise((resolve) => {
      this.#call.on('status', (status: StatusObject) => {
        this.#hasEnded = true;
        resolve(status);
        this.#wake();
      });
    });
    this.#call.on('data', (frame: GatewayFrame) => {
      this.items.push(...frame.items);
      if (!reads) this.#call.pause();
      this.#wake();
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** @returns false when nothing more should be written for now. */
  send(...items: AgentItem[]): boolean {
    return this.#call.write({ items });
  }

  async hello(name: string, over: Partial<WireHello> = {}): Promise<WireWelcome> {
    this.send({ hello: helloOf(name, over) });
    const item = await this.got('welcome');
    return item.welcome;
  }

  /** Resolves with the `count`th item of that kind. */
  async got<K extends string>(kind: K, count = 1): Promise<Extract<GatewayItem, { [P in K]: unknown }>> {
    for (;;) {
      const found = this.all(kind);
      if (found.length >= count) return found[count - 1] as Extract<GatewayItem, { [P in K]: unknown }>;
      if (this.#hasEnded) throw new Error(`the stream ended before ${kind}: ${(await this.status).details}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  all<K extends string>(kind: K): Extract<GatewayItem, { [P in K]: unknown }>[] {
    return this.items.filter((i): i is Extract<GatewayItem, { [P in K]: unknown }> => kind in i);
  }

  async order(count = 1): Promise<WireOrder> {
    return (await this.got('order', count)).order;
  }

  /** The kinds of what came, in order. */
  kinds(): string[] {
    return this.items.map((i) => i.item ?? '?');
  }

  /** Ends it in order. */
  end(): void {
    this.#call.end();
  }

  /** Cuts it, as a network does. */
  cut(): void {
    this.#call.cancel();
    this.#client.close();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
