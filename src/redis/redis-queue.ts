import { EmbeddedQueue } from '../queue/embedded-queue.ts';
export class RedisQueue extends EmbeddedQueue {}
