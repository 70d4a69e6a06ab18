import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Card } from '../../src/core/card.ts';
import { readRows } from '../sql/edit-rows.ts';
import { type KeptServer, reached } from './loop.ts';
import { packageDir } from './processes.ts';

/** What the audit log holds of one kind. */
export interface Entry {
  kind: string;
  task: number | null;
  run: string | null;
  detail: Record<string, unknown>;
}

export const auditOf = (dataDir: string, kind: string): Entry[] =>
  readRows<Omit<Entry, 'detail'> & { detail: string }>(
    dataDir,
    'select kind, task, run, detail from audit where kind = ? order by seq',
    kind,
  ).map((row) => ({ ...row, detail: JSON.parse(row.detail) as Entry['detail'] }));

/** Asks, and gives the card once a script is proposed. */
export const proposedOn = async (server: KeptServer, request: string): Promise<Card> => {
  const key = randomUUID();
  const { task } = await server.call((client) => client.ask(request, null, key));
  const card = await reached(server, task, (c) => c.state !== 'drafting');
  if (card.state !== 'proposed') throw new Error(`not proposed: ${JSON.stringify(card.notices)}`);
  return card;
};

/** What the Approve button of this card sends. */
export const yesTo = (card: Card) => ({
  proposal: card.proposal?.revision ?? 0,
  digest: card.proposal?.digest ?? '',
  canary: false,
});

/** Asks and approves. */
export const approvedOn = async (server: KeptServer, request: string): Promise<Card> => {
  const card = await proposedOn(server, request);
  const key = randomUUID();
  return server.call((client) => client.act(card.task, 'approve', yesTo(card), key));
};

/** The agent as it is installed: its one file as a process of its own, with its log. */
export class InstalledAgent {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #ended: Promise<void>;
  #waiting: (() => void)[] = [];

  /** @param options how it finds its server: by a socket; or its whole command line, where that is another. */
  constructor(options: { socket: string; dataDir: string; name: string } | { command: readonly string[] }) {
    const [program = '', ...args] = 'command' in options ? options.command : commandOf(options);
    this.#child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#ended = new Promise((resolve) => this.#child.once('exit', () => resolve()));
    if (!this.#child.stderr) throw new Error('the agent has no stderr');
    createInterface({ input: this.#child.stderr }).on('line', (line) => {
      this.#lines.push(line);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  /** Resolves with the first line of the log that holds these words. */
  async logged(words: string): Promise<string> {
    for (;;) {
      const line = this.#lines.find((l) => l.includes(words));
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

const commandOf = ({
  socket,
  dataDir,
  name,
}: {
  socket: string;
  dataDir: string;
  name: string;
}): string[] => {
  const bundle = join(packageDir, 'agent/dist/nerdy-agent.cjs');
  return [process.execPath, bundle, 'run', '--socket', socket, '--data', dataDir, '--name', name];
};
