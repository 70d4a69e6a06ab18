/**
 * The server as `nerdy serve` starts it, but with a crash point. Settings come as one JSON argument:
 * {config, packageDir, wanted, recordTo, action: 'kill' | 'flush', redisUrl}.
 */
import { Redis } from 'ioredis';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { CrashPoints } from './crash-points.ts';
import { hurriedClock } from './hurried-clock.ts';

interface Settings {
  env: Record<string, string>;
  packageDir: string;
  wanted: string | null;
  recordTo: string | null;
  action: 'kill' | 'flush';
}

const settings = JSON.parse(process.argv[2] ?? '{}') as Settings;
const { env, packageDir, wanted, recordTo, action } = settings;
const silent = (): void => {};
const log = {
  debug: silent,
  info: silent,
  warn: silent,
  error: (fields: object, message: string) => console.error(message, fields),
};
const points = new CrashPoints({
  wanted,
  recordTo,
  action: async () => {
    if (action === 'kill') process.kill(process.pid, 'SIGKILL');
    const redis = new Redis(env.REDIS_URL ?? '');
    await redis.flushall();
    redis.disconnect();
    console.log('flushed');
  },
});
const app = await createApp({
  config: readConfig({ env, packageDir }),
  packageDir,
  log,
  clock: hurriedClock(),
  decorate: points.decorate,
});
await app.start();
console.log(`url ${app.url()}`);
process.once('SIGTERM', () => {
  void app.stop().then(() => process.exit(0));
});
