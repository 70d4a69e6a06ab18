import { EmbeddedQueue } from '../../src/queue/embedded-queue.ts';
import { queueContract } from '../contract/queue.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

queueContract('EmbeddedQueue', async () => ({
  queue: new EmbeddedQueue({ log }),
  dispose: async () => {},
}));
