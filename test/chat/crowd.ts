import { join } from 'node:path';
import { exited, TestAgent } from '../grpc/test-agent.ts';

/**
 * Many machines in one process: each takes its order and says all that an agent says of a run, at once. Their scripts
 * don't run; what they make is news, more of it than any platform lets us show.
 */
export class Crowd {
  readonly #agents: TestAgent[] = [];

  /** @param dataDir of the server, whose socket takes this machine's own agents. */
  async join(dataDir: string, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const agent = new TestAgent(`unix:${join(dataDir, 'gateway.sock')}`);
      this.#agents.push(agent);
      await agent.hello(name);
      void this.#work(agent);
    }
  }

  leave(): void {
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
