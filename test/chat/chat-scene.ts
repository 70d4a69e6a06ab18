import { writeFileSync } from 'node:fs';
import type { Card } from '../../src/core/card.ts';
import { effectsIn } from '../e2e/loop.ts';
import type { ChatDriver, ChatPerson, ShownForm, ShownMessage } from './chat-driver.ts';
import type { ChatWorld } from './chat-world.ts';

/** One channel, and a file in which a script leaves a line each time it runs. */
export class ChatScene {
  readonly world: ChatWorld;
  readonly driver: ChatDriver;
  readonly channel: string;
  readonly mark: string;

  constructor(world: ChatWorld, driver: ChatDriver, channel: string, mark: string) {
    this.world = world;
    this.driver = driver;
    this.channel = channel;
    this.mark = mark;
  }

  /** How often the script ran. */
  get effects(): number {
    return effectsIn(this.mark);
  }

  sees(person: ChatPerson = 'ada'): ShownMessage[] {
    return this.driver.sees(person, this.channel);
  }

  /** Mentions us, and waits for the card of what was asked. @returns the task's number. */
  async asks(person: ChatPerson, words: string, under: ShownMessage | null = null): Promise<number> {
    const known = this.tasks();
    await this.driver.says(person, this.channel, `${this.driver.mention} ${words}`, under);
    return this.nextTask(known);
  }

  /** The number of a task that has a card here and isn't among these. */
  nextTask(known: readonly number[]): Promise<number> {
    return this.until(() => this.tasks().find((task) => !known.includes(task)));
  }

  /** Tasks whose cards are posted here, in order. */
  tasks(): number[] {
    return this.sees().flatMap((message) =>
      message.isOurs && !message.isPrivate ? (this.#numberOf(message) ?? []) : [],
    );
  }

  /** Messages that are this task's card; more than one is a fault. */
  cards(task: number): ShownMessage[] {
    return this.sees().filter((m) => m.isOurs && !m.isPrivate && this.#numberOf(m) === task);
  }

  /** The card, once it is as wanted. */
  card(task: number, isThere: (card: ShownMessage) => boolean = () => true): Promise<ShownMessage> {
    return this.until(() => this.cards(task).find(isThere));
  }

  /** The card with its buttons, once it waits for a decision. */
  proposed(task: number): Promise<ShownMessage> {
    return this.card(task, ({ buttons }) => buttons.some((label) => approve.test(label)));
  }

  /** What we said under the card, but for files. */
  answers(task: number): ShownMessage[] {
    const [card] = this.cards(task);
    const heads = [card?.id, card?.under].filter((id) => id !== null && id !== undefined);
    return this.sees().filter(
      (m) =>
        m.isOurs && !m.isPrivate && m.under !== null && heads.includes(m.under) && this.#numberOf(m) === null,
    );
  }

  answer(task: number, words: RegExp): Promise<ShownMessage> {
    return this.until(() => this.answers(task).find(({ text }) => words.test(text)));
  }

  /** What is said to this person alone. */
  whisper(person: ChatPerson, words: RegExp): Promise<ShownMessage> {
    return this.until(() => this.sees(person).find((m) => m.isPrivate && words.test(m.text)));
  }

  async clicks(person: ChatPerson, message: ShownMessage, button: RegExp): Promise<void> {
    await this.driver.clicks(person, message, button);
  }

  /** The form that a click opened. */
  form(person: ChatPerson): Promise<ShownForm> {
    return this.until(() => this.driver.form(person));
  }

  submits(person: ChatPerson, values: Readonly<Record<string, string>>): Promise<string> {
    return this.driver.submits(person, values);
  }

  until<T>(look: () => T | null | undefined): Promise<T> {
    return this.driver.until(look);
  }

  /** The record of the task, once it has ended. */
  ended(task: number): Promise<Card> {
    return this.world.recordOf(task, ({ state }) =>
      /^(done|cancelled|rejected|expired|refused|failed)$/.test(state),
    );
  }

  running(task: number): Promise<Card> {
    return this.world.recordOf(task, ({ runs }) => runs.some(({ state }) => state === 'running'));
  }

  /** What was said and refused, for whoever reads why a scenario failed. */
  story(): string {
    const lines = this.sees().map((m) => {
      const place = `${m.id}${m.under === null ? '' : ` under ${m.under}`}${m.isOurs ? ' (ours)' : ''}`;
      return `${place}\n${m.text}\n[${[...m.buttons, ...m.options].join('] [')}]`;
    });
    return [...lines, `refused: ${this.driver.refusals().join(', ')}`].join('\n\n');
  }

  /** A card says its task's number first, after a sign. */
  #numberOf(message: ShownMessage): number | null {
    const text = message.text.replace(/^The earlier message was deleted[^\n]*\n/, '');
    const found = /^[^\w#]*(?::\w+:)?[^\w#]*#(\d+)\b/.exec(text);
    return found && this.driver.isCard(message) ? Number(found[1]) : null;
  }

  /** Lets a script go that holds its file. */
  release(): void {
    writeFileSync(`${this.mark}.go`, '');
  }
}

export const approve = /^approve/i;
