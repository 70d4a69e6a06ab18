import { makeScript } from '../../src/core/script.ts';
import type { Platform } from '../../src/core/task.ts';
import type { Draft, Drafter, DraftRequest } from '../../src/ports/drafter.ts';
import type { ReadRequest, ResultInterpreter } from '../../src/ports/interpreter.ts';

/** What a mind does when it is asked; a test says so case by case. */
type Say<Request, Answer> = (request: Request, signal: AbortSignal) => Answer | Promise<Answer>;

/** What was asked, and a way to wait for it. */
class Asked<Request> {
  readonly requests: Request[] = [];
  #waiting: (() => void)[] = [];

  note(request: Request): void {
    this.requests.push(request);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async until(count: number): Promise<void> {
    while (this.requests.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** A drafter that does as it is told and remembers what it was asked. */
export class FakeDrafter implements Drafter {
  readonly asked = new Asked<DraftRequest>();
  readonly requests = this.asked.requests;
  say: Say<DraftRequest, Draft> = ({ platforms }) => draftOf(platforms);

  /** Words of one syllable, so to speak. */
  knowsWord(word: string): boolean {
    return ['memory', 'disk', 'please', 'uptime'].includes(word);
  }

  async draft(request: DraftRequest, signal: AbortSignal): Promise<Draft> {
    this.asked.note(request);
    return this.say(request, signal);
  }
}

/** An interpreter that does as it is told and remembers what it was asked. */
export class FakeInterpreter implements ResultInterpreter {
  readonly asked = new Asked<ReadRequest>();
  readonly requests = this.asked.requests;
  say: Say<ReadRequest, string> = () => 'All is well.';

  async interpret(request: ReadRequest, onWords: (words: string) => void, signal: AbortSignal) {
    this.asked.note(request);
    const words = await this.say(request, signal);
    onWords(words);
    return { words, hosts: [], followUps: [], language: request.language, reader: 'model' as const };
  }
}

/** A script for each interpreter that these platforms need: `echo linux` for Linux. */
export const draftOf = (platforms: readonly Platform[], text = 'echo'): Draft => ({
  kind: 'script',
  scripts: platforms.map((platform) => {
    const made = makeScript(platform === 'windows' ? 'powershell' : 'bash', `${text} ${platform}`);
    if (!made.ok) throw new Error(made.sentence.text);
    return { ...made.script, platforms: [platform] };
  }),
  summary: 'Says where it runs.',
  language: 'en',
  drafter: 'model',
  runbook: null,
  followUps: [],
  score: null,
  notice: null,
});

/** A promise with its handles outside, for work that a test lets end. */
export const held = <T>(): { promise: Promise<T>; give: (value: T) => void; fail: (err: Error) => void } => {
  let give: (value: T) => void = () => {};
  let fail: (err: Error) => void = () => {};
  const promise = new Promise<T>((resolve, reject) => {
    give = resolve;
    fail = reject;
  });
  return { promise, give, fail };
};
