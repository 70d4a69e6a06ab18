import { join } from 'node:path';
import { heartbeatMs } from '../../src/core/limits.ts';
import { exited, TestAgent } from '../grpc/test-agent.ts';

const beat = {
  ...{ cpuFraction: 0, memoryUsedBytes: 0, memoryTotalBytes: 0, diskUsedBytes: 0, diskTotalBytes: 0 },
  ...{ load1: 0, uptimeSeconds: 0, disks: [] },
};

/**
 * Many machines in one process: each takes its order and says all that an agent says of a run, at once. Their scripts
 * don't run; what they make is news, more of it than any platform lets us show.
 */
export class Crowd {
  readonly #agents: TestAgent[] = [];
  #beats: NodeJS.Timeout | null = null;

  /** @param dataDir of the server, whose socket takes this machine's own agents. */
  async join(dataDir: string, names: readonly string[]): Promise<void> {
    // Where many join on a busy machine, the first would count as gone before the last is there.
    this.#beats ??= setInterval(() => {
      for (const agent of this.#agents) agent.send({ heartbeat: beat });
    }, heartbeatMs);
    for (const name of names) {
      const agent = new TestAgent(`unix:${join(dataDir, 'gateway.sock')}`);
      this.#agents.push(agent);
      await agent.hello(name);
      void this.#work(agent);
    }
  }

  leave(): void {
    if (this.#beats) clearInterval(this.#beats);
    this.#beats = null;
    for (const agent of this.#agents) agent.end();
  }

  async #work(agent: TestAgent): Promise<void> {
    try {
      const { runId } = await agent.order();
      agent.send({ accepted: { runId } });
      agent.send({ started: { runId } });
      agent.send(exited(runId));
    } catch {
      // The server ended before it had anything to do.
    }
  }
}
