import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { freePort } from '../../fakes/free-port.ts';

const run = promisify(execFile);

/** Alertmanager as Debian packages it, as a process of its own, told of alerts by its own amtool. */
export class Alertmanager {
  readonly #process: ChildProcess;
  readonly #url: string;
  readonly #lines: string[] = [];
  #waiting: (() => void)[] = [];
  #hasEnded = false;

  private constructor(child: ChildProcess, url: string) {
    this.#process = child;
    this.#url = url;
    child.once('exit', () => {
      this.#hasEnded = true;
      this.#wake();
    });
    if (!child.stderr) throw new Error('Alertmanager has no stderr');
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.#lines.push(line);
      this.#wake();
    });
  }

  /** @param hook where it sends; groups by name, waits shortly and repeats soon, so that all of it is seen. */
  static async start(dir: string, hook: string): Promise<Alertmanager> {
    mkdirSync(dir);
    const config = join(dir, 'alertmanager.yml');
    const route = { receiver: 'nerdy', group_by: ['alertname'], group_wait: '100ms' };
    // JSON is YAML.
    writeFileSync(
      config,
      JSON.stringify({
        route: { ...route, group_interval: '1s', repeat_interval: '1s' },
        receivers: [{ name: 'nerdy', webhook_configs: [{ url: hook, send_resolved: true }] }],
      }),
    );
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      'prometheus-alertmanager',
      [
        ...[`--config.file=${config}`, `--storage.path=${join(dir, 'storage')}`, '--log.level=debug'],
        // Without an address of the cluster's it binds nothing else.
        ...[`--web.listen-address=${address}`, '--cluster.listen-address='],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const alertmanager = new Alertmanager(child, `http://${address}`);
    await alertmanager.logged(/Listening on/);
    return alertmanager;
  }

  /** How many lines of its log say so by now. */
  count(words: RegExp): number {
    return this.#lines.filter((line) => words.test(line)).length;
  }

  /** Resolves once that many lines of its log say so. */
  async logged(words: RegExp, times = 1): Promise<void> {
    while (this.count(words) < times) {
      if (this.#hasEnded) throw new Error(`Alertmanager has ended:\n${this.#lines.slice(-5).join('\n')}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** As somebody at its machine does. With `end` the alert is over. */
  async tell(labels: Record<string, string>, summary: string, end?: Date): Promise<void> {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    await run('amtool', [
      ...[
        'alert',
        'add',
        `--alertmanager.url=${this.#url}`,
        `--annotation=summary=${JSON.stringify(summary)}`,
      ],
      ...(end ? [`--end=${end.toISOString()}`] : []),
      ...pairs,
    ]);
  }

  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await ended;
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
