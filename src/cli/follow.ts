import spinner from 'yocto-spinner';
import type { Card } from '../core/card.ts';
import { isTaskEnded } from '../core/task.ts';
import type { ApiClient } from './client.ts';
import { CliError, ExitCode } from './exit-code.ts';
import type { LiveOutput } from './live-output.ts';
import { plain } from './render-card.ts';

/** More lines would only repeat that machines are away. */
const awaySaidMax = 5;

/** True where nothing more happens by itself: it has ended, or a person must do something. */
export const isAtRest = ({ state }: Card): boolean =>
  isTaskEnded(state) || state === 'proposed' || state === 'asking' || state === 'paused';

/**
 * Follows a task until it is as the caller wants it. What it waits for is said on standard error: by a spinner for a
 * person, by one line for each thing for a log.
 */
export const until = async (
  client: ApiClient,
  task: number,
  {
    label,
    json,
    isEnough,
    live = null,
  }: { label: string; json: boolean; isEnough: (card: Card) => boolean; live?: LiveOutput | null },
): Promise<Card> => {
  const teller = new Teller(label, !json && !live && process.stderr.isTTY);
  const stop = new AbortController();
  try {
    for await (const card of client.follow(task, stop.signal, (why) => teller.cut(why))) {
      teller.card(card);
      await live?.show(card);
      if (isEnough(card)) return card;
    }
  } finally {
    teller.end();
    stop.abort();
  }
  throw new CliError(`Task #${task} could not be followed to its end.`, ExitCode.unreachable);
};

/** Says what is waited for: with a spinner for a person at a terminal, else once on standard error. */
class Teller {
  readonly #wait: ReturnType<typeof spinner> | null;
  #text: string;
  #saidCut = false;
  readonly #saidAway = new Set<string>();

  constructor(label: string, isForPerson: boolean) {
    this.#text = label;
    this.#wait = isForPerson ? spinner({ text: label }).start() : null;
  }

  /** @param why null once the server is there again. */
  cut(why: string | null): void {
    if (why === null) {
      if (this.#saidCut && !this.#wait) console.error('The server is back.');
      this.#saidCut = false;
      if (this.#wait) this.#wait.text = this.#text;
      return;
    }
    const text = 'Waiting for the server (Ctrl-C ends the watch; the task goes on).';
    if (!this.#saidCut) this.#say(this.#wait ? plain(why) : `${plain(why)} ${text}`);
    this.#saidCut = true;
    if (this.#wait) this.#wait.text = text;
  }

  /** Machines that are away are said in full, since nobody sees otherwise why nothing happens, and until when. */
  card(card: Card): void {
    this.#text = plain(card.headline);
    if (this.#wait) this.#wait.text = this.#text;
    for (const run of card.runs) {
      if (run.state !== 'queued' || !run.sentence || this.#saidAway.has(run.id)) continue;
      this.#saidAway.add(run.id);
      if (this.#saidAway.size <= awaySaidMax) this.#say(plain(run.sentence.text));
      if (this.#saidAway.size === awaySaidMax + 1)
        this.#say('More machines are offline; the card lists them.');
    }
  }

  end(): void {
    this.#wait?.stop();
  }

  /** A line above the spinner, which must not be written into. */
  #say(text: string): void {
    this.#wait?.stop();
    console.error(text);
    this.#wait?.start();
  }
}
