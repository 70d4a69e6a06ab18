import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import {
  type AgentFrame,
  type AgentItem,
  type GatewayFrame,
  type GatewayItem,
  loadServices,
  protocolVersion,
  type WireFinished,
  type WireHello,
  type WireKeySuccession,
  type WireOrder,
  type WireRefused,
  type WireWelcome,
  type WireWitnessConflict,
} from '../../proto/agent-stream.ts';
import { killGraceMs, outputHeadBytesMax, outputTailBytesMax } from '../../src/core/limits.ts';
import {
  type ApprovalDocument,
  encodeDocument,
  keyIdOf,
  runIdOf,
  signDocument,
} from '../../src/core/order.ts';
import { Interpreter, scriptDigest } from '../../src/core/script.ts';
import { Purpose, signAs } from '../../src/core/signature.ts';
import { encodeSuccession } from '../../src/core/succession.ts';

export const protoText = readFileSync(
  new URL('../../proto/nerdyops/v1/agent.proto', import.meta.url),
  'utf8',
);

/** What the fake gateway saw of one run. */
export interface SeenRun {
  accepted: number;
  started: number;
  stdout: Buffer[];
  stderr: Buffer[];
  /** The offset of each piece of output, to see what was sent twice. */
  offsets: { stdout: number[]; stderr: number[] };
  refused: WireRefused | null;
  finished: WireFinished | null;
  finishes: number;
}

export type Stream = ServerDuplexStream<AgentFrame, GatewayFrame>;

const hexOf = (item: { runId: Buffer }): string => item.runId.toString('hex');

/** Where and how a fake gateway listens; over TLS it does more than streams. */
export interface FakeDoor {
  target: string;
  credentials: ServerCredentials;
  gateway: UntypedServiceImplementation;
  enrolment: UntypedServiceImplementation;
  /** Asked before a hello is answered; null lets the stream in. */
  refuse: (stream: Stream) => { code: number; details: string } | null;
}

/** A gateway in this process with the real wire: keeps what it was told, and acknowledges unless told not to. */
export class FakeGateway {
  readonly socket: string;
  readonly keys: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('ed25519');
  readonly runs = new Map<string, SeenRun>();
  readonly hellos: WireHello[] = [];
  readonly heartbeats: object[] = [];
  readonly conflicts: WireWitnessConflict[] = [];
  /** How `keys` came to be, for welcomes. */
  successions: WireKeySuccession[] = [];
  ackOutput = true;
  ackFinished = true;
  heartbeatIntervalMs = 60_000;
  now = () => Date.now();
  /** Changes each welcome before it is sent. */
  onWelcome: (welcome: WireWelcome, hello: WireHello) => void = () => {};
  readonly #door: FakeDoor | null;
  /** The port, over TLS. */
  port = 0;
  /** Nonces that came back. */
  readonly challengeReplies: Buffer[] = [];
  #events = new EventEmitter();
  #server = new Server({ 'grpc-node.flow_control_window': 1024 * 1024 } as object);
  #stream: Stream | null = null;

  constructor(socket: string, door: FakeDoor | null = null) {
    this.socket = socket;
    this.#door = door;
    this.#events.setMaxListeners(0);
  }

  async start(): Promise<this> {
    const { gateway, enrolment } = loadServices(protoText);
    const door = this.#door;
    this.#server = new Server();
    this.#server.addService(gateway.service, {
      ...door?.gateway,
      Connect: (stream: Stream) => this.#connected(stream),
    });
    if (door) this.#server.addService(enrolment.service, door.enrolment);
    // The same port again after a stop.
    const target = this.port ? `127.0.0.1:${this.port}` : (door?.target ?? `unix:${this.socket}`);
    await new Promise<void>((resolve, reject) => {
      const credentials = door?.credentials ?? ServerCredentials.createInsecure();
      this.#server.bindAsync(target, credentials, (error, port) => {
        if (door) this.port = port;
        if (error) reject(error);
        else resolve();
      });
    });
    return this;
  }

  stop(): void {
    this.#server.forceShutdown();
    this.#stream = null;
  }

  /** Ends the stream; the agent comes again. */
  cut(): void {
    this.#stream?.end();
    this.#stream = null;
  }

  /** The stream that is open, to be stalled. */
  get stream(): Stream | null {
    return this.#stream;
  }

  get connected(): boolean {
    return this.#stream !== null;
  }

  send(...items: GatewayItem[]): void {
    if (!this.#stream) throw new Error('no agent is connected');
    this.#stream.write({ items });
  }

  /** Resolves when `test` is true; it is asked at once and after every frame. */
  async until(test: () => boolean): Promise<void> {
    while (!test()) await new Promise((resolve) => this.#events.once('frame', resolve));
  }

  /** Has everybody who waits look again, after something that is no frame. */
  nudge(): void {
    this.#events.emit('frame');
  }

  run(runId: string): SeenRun {
    let run = this.runs.get(runId);
    if (!run) {
      run = {
        accepted: 0,
        started: 0,
        stdout: [],
        stderr: [],
        offsets: { stdout: [], stderr: [] },
        refused: null,
        finished: null,
        finishes: 0,
      };
      this.runs.set(runId, run);
    }
    return run;
  }

  async finished(runId: string): Promise<WireFinished> {
    await this.until(() => this.run(runId).finished !== null || this.run(runId).refused !== null);
    const { finished, refused } = this.run(runId);
    if (!finished) throw new Error(`refused: ${refused?.reason} ${refused?.detail}`);
    return finished;
  }

  async refused(runId: string): Promise<WireRefused> {
    await this.until(() => this.run(runId).refused !== null);
    return this.run(runId).refused as WireRefused;
  }

  stdout(runId: string): string {
    return Buffer.concat(this.run(runId).stdout).toString('latin1');
  }

  stderr(runId: string): string {
    return Buffer.concat(this.run(runId).stderr).toString('latin1');
  }

  async agentId(): Promise<string> {
    await this.until(() => this.hellos.length > 0 && this.connected);
    return this.hellos.at(-1)?.agentId ?? '';
  }

  /** An order as the server makes it; `change` spoils the document, `spoil` the order. */
  async order(
    text: string,
    change: (document: ApprovalDocument) => void = () => {},
    interpreter: Interpreter = Interpreter.bash,
  ): Promise<{ runId: string; order: WireOrder; document: ApprovalDocument }> {
    return this.orderFor(await this.agentId(), text, change, interpreter);
  }

  orderFor(
    agentId: string,
    text: string,
    change: (document: ApprovalDocument) => void = () => {},
    interpreter: Interpreter = Interpreter.bash,
  ): { runId: string; order: WireOrder; document: ApprovalDocument } {
    const document: ApprovalDocument = {
      v: 1,
      keyId: keyIdOf(this.keys.publicKey),
      server: 'server-1',
      task: FakeGateway.task++,
      proposal: 1,
      script: { digest: scriptDigest(interpreter, text), interpreter },
      runAs: null,
      limits: {
        timeoutMs: 30_000,
        killGraceMs,
        outputHeadBytes: outputHeadBytesMax,
        outputTailBytes: outputTailBytesMax,
      },
      decisions: [{ by: 'test:ada', at: Date.now(), rule: 'solo' }],
      issuedAt: this.now(),
      runBy: this.now() + 60_000,
      agents: [agentId],
    };
    change(document);
    const bytes = encodeDocument(document);
    const runId = runIdOf(bytes, agentId);
    const order = {
      runId: Buffer.from(runId, 'hex'),
      document: bytes,
      signature: signDocument(bytes, this.keys.privateKey),
      script: Buffer.from(text),
    };
    return { runId, order, document };
  }

  /** Replaces the key, as a server's rotation does. @param isTold whether the stream that is open hears of it. */
  rotate(isTold: boolean): WireKeySuccession {
    const next = generateKeyPairSync('ed25519');
    const newKey = next.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const oldKeyId = keyIdOf(this.keys.publicKey);
    const statement = encodeSuccession({ v: 1, server: 'server-1', oldKeyId, newKey, at: this.now() });
    const signature = signAs(Purpose.succession, statement, this.keys.privateKey);
    const keySuccession = { statement, signature };
    this.successions.push(keySuccession);
    Object.assign(this.keys, next);
    if (isTold) this.send({ keySuccession });
    return keySuccession;
  }

  /** Sends a script. @returns its run's id. */
  async send1(text: string, change?: (document: ApprovalDocument) => void): Promise<string> {
    const { runId, order } = await this.order(text, change);
    this.send({ order });
    return runId;
  }

  #connected(stream: Stream): void {
    stream.on('error', () => {});
    stream.on('end', () => stream.end());
    stream.on('close', () => this.#gone(stream));
    stream.on('cancelled', () => this.#gone(stream));
    const refusal = this.#door?.refuse(stream);
    if (refusal) {
      stream.emit('error', refusal);
      this.#events.emit('frame');
      return;
    }
    stream.on('data', (frame: AgentFrame) => {
      for (const item of frame.items) this.#received(stream, item);
      this.#events.emit('frame');
    });
  }

  #gone(stream: Stream): void {
    if (this.#stream === stream) this.#stream = null;
    this.#events.emit('frame');
  }

  #received(stream: Stream, item: AgentItem): void {
    if ('hello' in item) this.#welcome(stream, item.hello);
    else if ('heartbeat' in item) this.heartbeats.push(item.heartbeat);
    else if ('accepted' in item) this.run(hexOf(item.accepted)).accepted += 1;
    else if ('refused' in item) this.run(hexOf(item.refused)).refused = item.refused;
    else if ('started' in item) this.run(hexOf(item.started)).started += 1;
    else if ('output' in item) this.#output(stream, item.output);
    else if ('challengeReply' in item) this.challengeReplies.push(item.challengeReply.nonce);
    else if ('witnessConflict' in item) this.conflicts.push(item.witnessConflict);
    else if ('finished' in item) {
      const { runId } = item.finished;
      const run = this.run(hexOf(item.finished));
      run.finished = item.finished;
      run.finishes += 1;
      if (this.ackFinished) stream.write({ items: [{ finishedAck: { runId } }] });
    }
  }

  #welcome(stream: Stream, hello: WireHello): void {
    const welcome: WireWelcome = {
      serverId: 'server-1',
      protocolVersion,
      agentVersion: '',
      now: this.now(),
      heartbeatIntervalMs: this.heartbeatIntervalMs,
      signingKey: this.keys.publicKey.export({ type: 'spki', format: 'der' }),
      wanted: hello.runs.map(({ runId }) => {
        const run = this.run(runId.toString('hex'));
        return {
          runId,
          stdoutOffset: Buffer.concat(run.stdout).length,
          stderrOffset: Buffer.concat(run.stderr).length,
        };
      }),
      forgettableRunIds: [],
      successions: this.successions,
    };
    this.onWelcome(welcome, hello);
    stream.write({ items: [{ welcome }] });
    this.hellos.push(hello);
    this.#stream = stream;
  }

  #output(stream: Stream, output: { runId: Buffer; stream: string; offset: number; data: Buffer }): void {
    const run = this.run(hexOf(output));
    const name = output.stream === 'OUTPUT_STREAM_STDOUT' ? 'stdout' : 'stderr';
    const have = run[name].reduce((sum, data) => sum + data.length, 0);
    if (output.offset > have) throw new Error(`a gap in ${name}: ${output.offset} after ${have}`);
    run.offsets[name].push(output.offset);
    run[name].push(output.data.subarray(have - output.offset));
    if (!this.ackOutput) return;
    const offset = output.offset + output.data.length;
    stream.write({
      items: [
        { outputAck: { runId: output.runId, stream: output.stream as 'OUTPUT_STREAM_STDOUT', offset } },
      ],
    });
  }

  static task = 1;
}
