import { SimpleShardingStrategy } from 'discord.js';

/** As much of the library's shard as we look at. */
interface ShardInside {
  connection: {
    readyState: number;
    on(event: 'error', listener: () => void): void;
    terminate(): void;
  } | null;
  internalConnect(): Promise<void>;
}

type Manager = ConstructorParameters<typeof SimpleShardingStrategy>[0];

const connecting = 0;

/**
 * The library's way to connect, which can also be left while it connects. By itself it then connects once more half a second
 * later, takes its ear for errors off the first connection and leaves that open: when it breaks, the whole process ends by an
 * error that nobody hears.
 */
export class OwnSharding extends SimpleShardingStrategy {
  readonly #isLeft: () => boolean;

  /** @param isLeft true once nobody wants this connection any more. */
  constructor(manager: Manager, isLeft: () => boolean) {
    super(manager);
    this.#isLeft = isLeft;
  }

  override async connect(): Promise<void> {
    if (this.#isLeft()) throw new Error('the client was left before it connected');
    return super.connect();
  }

  override async destroy(options?: Parameters<SimpleShardingStrategy['destroy']>[0]): Promise<void> {
    const { shards } = this as unknown as { shards: ReadonlyMap<number, ShardInside> };
    const left = [...shards.values()];
    for (const shard of left) shard.internalConnect = async () => {};
    const half = left.flatMap(({ connection }) =>
      connection?.readyState === connecting ? [connection] : [],
    );
    for (const connection of half) connection.on('error', () => {});
    await super.destroy(options);
    for (const connection of half) connection.terminate();
  }
}
