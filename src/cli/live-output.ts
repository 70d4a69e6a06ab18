import { StringDecoder } from 'node:string_decoder';
import type { Card } from '../core/card.ts';
import type { ApiClient } from './client.ts';
import { plain } from './render-card.ts';

interface Tail {
  offset: number;
  decoder: StringDecoder;
  rest: string;
}

/** Prints what the runs print, line by line, with the machine's name where there are several. */
export class LiveOutput {
  readonly #client: ApiClient;
  readonly #task: number;
  readonly #tails = new Map<string, Tail>();

  constructor(client: ApiClient, task: number) {
    this.#client = client;
    this.#task = task;
  }

  async show(card: Card): Promise<void> {
    for (const run of card.runs) {
      await this.#read(card, run.id, run.name, 'stdout', run.stdoutBytes);
      await this.#read(card, run.id, run.name, 'stderr', run.stderrBytes);
    }
  }

  /** The rest, and last lines without a line feed. */
  async drain(card: Card): Promise<void> {
    await this.show(card);
    for (const [key, tail] of this.#tails) {
      if (tail.rest !== '') console.log(`${this.#prefix(card, key)}${plain(tail.rest)}`);
      tail.rest = '';
    }
  }

  async #read(
    card: Card,
    run: string,
    name: string,
    stream: 'stdout' | 'stderr',
    total: number,
  ): Promise<void> {
    const key = `${name}\0${run}\0${stream}`;
    const tail = this.#tails.get(key) ?? { offset: 0, decoder: new StringDecoder('utf8'), rest: '' };
    this.#tails.set(key, tail);
    while (tail.offset < total) {
      const bytes = await this.#client.output(this.#task, run, stream, tail.offset);
      if (bytes.length === 0) return;
      tail.offset += bytes.length;
      const lines = (tail.rest + tail.decoder.write(bytes)).split('\n');
      tail.rest = lines.pop() ?? '';
      for (const line of lines) console.log(`${this.#prefix(card, key)}${plain(line)}`);
    }
  }

  #prefix(card: Card, key: string): string {
    return card.runs.length > 1 ? `${key.split('\0')[0]} │ ` : '';
  }
}
