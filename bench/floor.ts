import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClientDuplexStream, credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import Database from 'better-sqlite3';
import { type AgentFrame, type GatewayFrame, loadGatewayService } from '../proto/agent-stream.ts';

/** The bare parts that the product can't be faster than. Milliseconds. */
interface Floor {
  roundTripMs: () => Promise<number>;
  spawnMs: () => Promise<number>;
  commitMs: () => number;
  stop: () => void;
}

/** @param dir a scratch directory on the same disk as the product's. */
const makeFloor = async (dir: string, packageDir: string): Promise<Floor> => {
  const service = loadGatewayService(readFileSync(join(packageDir, 'proto/nerdyops/v1/agent.proto'), 'utf8'));
  const socket = `unix:${join(dir, 'floor.sock')}`;
  const server = new Server();
  server.addService(service.service, {
    Connect: (call: {
      on: (e: string, f: (frame: AgentFrame) => void) => void;
      write: (f: GatewayFrame) => void;
    }) => call.on('data', () => call.write({ items: [{ cancel: { runId: Buffer.alloc(32) } }] })),
  });
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(socket, ServerCredentials.createInsecure(), (err) => (err ? reject(err) : resolve())),
  );
  const client = new service(socket, credentials.createInsecure()) as unknown as {
    Connect: () => ClientDuplexStream<AgentFrame, GatewayFrame>;
    close: () => void;
  };
  const stream = client.Connect();
  stream.on('error', () => {});
  const db = new Database(join(dir, 'floor.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('create table t (id integer primary key, body text)');
  const insert = db.prepare('insert into t (body) values (?)');
  return {
    roundTripMs: async () => {
      const from = performance.now();
      stream.write({ items: [{ started: { runId: Buffer.alloc(32) } }] });
      await new Promise((resolve) => stream.once('data', resolve));
      return performance.now() - from;
    },
    spawnMs: async () => {
      const from = performance.now();
      const child = spawn('bash', ['--noprofile', '--norc', '-c', 'echo first'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const ms = performance.now() - from;
      await new Promise((resolve) => child.once('exit', resolve));
      return ms;
    },
    commitMs: () => {
      const from = performance.now();
      insert.run('x'.repeat(200));
      return performance.now() - from;
    },
    stop: () => {
      stream.end();
      client.close();
      server.forceShutdown();
      db.close();
    },
  };
};

/** What one round of the floor took, in milliseconds. */
export interface FloorRound {
  roundTrip: number;
  spawn: number;
  commit: number;
}

// A process of its own: a spawn costs its parent the more the more memory it holds, and the floor's is bare.
const [, , dir = '', packageDir = ''] = process.argv;
const floor = await makeFloor(dir, packageDir);
process.on('message', async (restMs: number) => {
  // Each part at rest before, as the product is: a process that just worked is warmer than one that waits for people.
  const rest = () => new Promise((resolve) => setTimeout(resolve, restMs));
  await rest();
  const roundTrip = await floor.roundTripMs();
  await rest();
  const spawn = await floor.spawnMs();
  await rest();
  const round: FloorRound = { roundTrip, spawn, commit: floor.commitMs() };
  process.send?.(round);
});
process.once('disconnect', () => {
  floor.stop();
  process.exit(0);
});
process.send?.('ready');
