/** The server as `nerdy serve` starts it, but with a crash point. Its settings come as one JSON argument. */
import { Redis } from 'ioredis';
import { createApp } from '../../../src/app.ts';
import { readConfig } from '../../../src/config.ts';
import { CrashPoints } from '../crash-points.ts';
import { hurriedClock } from '../hurried-clock.ts';

export interface CrashServerSettings {
  env: Record<string, string>;
  packageDir: string;
  /** The point at which it happens; null to run through. */
  wanted: string | null;
  /** A file that gets the name of each point passed. */
  recordTo: string | null;
  /** A file that a test writes points to while the server runs: see `CrashPoints`. */
  armFile?: string;
  /** To be killed, or to have all that Redis holds taken away and go on. */
  action: 'kill' | 'flush';
  /** Of agents' certificates; shorter than any setting allows. */
  certificateMs?: number;
  /** How far its clock is ahead of this machine's: a deadline that passed over night. */
  aheadMs?: number;
  /** False where patience with a far end is part of what is tested. */
  isHurried?: boolean;
}

const { env, packageDir, wanted, recordTo, armFile, action, certificateMs, aheadMs, isHurried } = JSON.parse(
  process.argv[2] ?? '{}',
) as CrashServerSettings;
const silent = (): void => {};
const log = {
  debug: silent,
  info: silent,
  warn: silent,
  error: (fields: object, message: string) => console.error(message, fields),
};
const flush = async (): Promise<void> => {
  const redis = new Redis(env.REDIS_URL ?? '');
  await redis.flushall();
  redis.disconnect();
  console.log('flushed');
};
const points = new CrashPoints({
  wanted,
  recordTo,
  armFile,
  action: action === 'kill' ? () => void process.kill(process.pid, 'SIGKILL') : flush,
});
const config = readConfig({ env, packageDir });
if (certificateMs !== undefined) config.grpc.certificateMs = certificateMs;
const app = await createApp({
  config,
  packageDir,
  log,
  clock: hurriedClock({ aheadMs, isHurried }),
  decorate: points.decorate,
});
// A test that is ended hard leaves nobody behind.
process.stdin.resume().once('end', () => process.exit(1));
process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)));
await app.start();
console.log(`url ${app.url()}`);
