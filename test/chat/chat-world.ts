import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Card } from '../../src/core/card.ts';
import { joined, KeptAgent, KeptServer, reached } from '../e2e/loop.ts';
import { makeDir, packageDir } from '../e2e/processes.ts';
import { type ChatDriver, type ChatPerson, chatPeople } from './chat-driver.ts';
import { ChatScene } from './chat-scene.ts';
import { Crowd } from './crowd.ts';

/** A chat platform or several, a real server that it reaches and real agents, each a process of its own. */
export class ChatWorld {
  readonly #drivers: readonly ChatDriver[];
  readonly #dir = makeDir();
  readonly #agents: KeptAgent[] = [];
  readonly #crowd = new Crowd();
  #server: KeptServer | null = null;
  #count = 0;

  private constructor(drivers: readonly ChatDriver[]) {
    this.#drivers = drivers;
  }

  static async open(drivers: readonly ChatDriver[], agents: readonly string[]): Promise<ChatWorld> {
    const world = new ChatWorld(drivers);
    for (const driver of drivers) await driver.start();
    // The product's own, and beside them those that leave a mark.
    for (const from of ['runbooks', 'test/chat/runbooks']) {
      cpSync(join(packageDir, from), world.#inDir('runbooks'), { recursive: true });
    }
    const people = Object.entries(chatPeople).map(([name, role]) => [
      name,
      { role, identities: drivers.map((driver) => driver.identityOf(name as ChatPerson)) },
    ]);
    // JSON is YAML.
    writeFileSync(
      world.#inDir('nerdyops.yml'),
      JSON.stringify({
        ...Object.assign({}, ...drivers.map((driver) => driver.settings())),
        people: Object.fromEntries(people),
      }),
    );
    world.#server = world.#serve(0);
    await world.server.call((client) => client.agents());
    for (const name of agents) {
      const options = { serverDataDir: world.#inDir('data'), dataDir: world.#inDir(name), name };
      world.#agents.push(new KeptAgent({ ...options, wanted: null, recordTo: null }));
      await joined(world.server, name);
    }
    return world;
  }

  get server(): KeptServer {
    if (!this.#server) throw new Error('the world is not open yet');
    return this.#server;
  }

  async close(): Promise<void> {
    this.#crowd.leave();
    for (const agent of this.#agents) await agent.stop();
    await this.#server?.kill();
    for (const driver of this.#drivers) await driver.stop();
    this.#dir.remove();
  }

  /** Brings so many machines along that only make news. */
  async crowds(count: number): Promise<void> {
    const names = Array.from({ length: count }, (_, i) => `crowd${i + 1}`);
    await this.#crowd.join(this.#inDir('data'), names);
  }

  /** A channel of its own, so that scenarios of one world don't meet. */
  scene(driver: ChatDriver): ChatScene {
    this.#count++;
    const channel = driver.openChannel(`scene-${this.#count}`);
    return new ChatScene(this, driver, channel, this.#inDir(`mark-${this.#count}`));
  }

  /** What the record says of the task, whatever the chat shows. */
  recordOf(task: number, isThere: (card: Card) => boolean): Promise<Card> {
    return reached(this.server, task, isThere);
  }

  /** Asks the record again and again: what a platform did to a message is no entry in the log that would tell of it. */
  async askedUntil(task: number, isThere: (card: Card) => boolean): Promise<Card> {
    for (;;) {
      const card = await this.server.call((client) => client.card(task));
      if (isThere(card)) return card;
    }
  }

  /**
   * The server will be killed when it has passed these points in turn, named as `CrashPoints` does.
   *
   * @returns what resolves once it is dead; whoever asks it then finds its next life.
   */
  diesAt(points: readonly RegExp[]): Promise<string> {
    const { ended } = this.server.program;
    writeFileSync(this.#inDir('armed'), points.map(({ source }) => source).join('\n'));
    return ended;
  }

  /** The server ends, and comes back that much later by its clock. */
  async serveLater(aheadMs: number): Promise<void> {
    await this.server.stop();
    this.#server = this.#serve(aheadMs);
    await this.server.call((client) => client.agents());
  }

  #serve(aheadMs: number): KeptServer {
    const env = { NERDY_CONFIG: this.#inDir('nerdyops.yml'), NERDY_RUNBOOKS_DIR: this.#inDir('runbooks') };
    return new KeptServer(
      this.#inDir('data'),
      { aheadMs, isHurried: false, armFile: this.#inDir('armed') },
      Object.assign(env, ...this.#drivers.map((driver) => driver.env())),
    );
  }

  #inDir(name: string): string {
    return join(this.#dir.path, name);
  }
}
