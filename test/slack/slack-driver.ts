import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  type ChatDriver,
  type ChatPerson,
  chatPeople,
  type ShownForm,
  type ShownMessage,
} from '../chat/chat-driver.ts';
import { packageDir } from '../e2e/processes.ts';
import { SlackWorkspace } from '../fakes/slack-workspace.ts';
import { elementNamed, elementsIn, labelOf } from '../fakes/slack-workspace-elements.ts';
import type { SlackUser } from '../fakes/slack-workspace-person.ts';
import { readSlack, readSlackView } from '../fakes/slack-workspace-reading.ts';
import type { Json, SlackMessage } from '../fakes/slack-workspace-record.ts';
import { messageFaults, viewFaults } from './block-rules.ts';

interface Manifest {
  oauth_config: { scopes: { bot: string[] } };
  settings: { event_subscriptions: { bot_events: string[] } };
}

/** The app as its manifest makes it: no scope and no event that somebody who installs it would not have. */
export const manifestTerms = (): { scopes: string[]; events: string[] } => {
  const manifest = parse(readFileSync(join(packageDir, 'manifest.yml'), 'utf8')) as Manifest;
  return {
    scopes: manifest.oauth_config.scopes.bot,
    events: manifest.settings.event_subscriptions.bot_events,
  };
};

/** Slack as the scenarios drive it: a strict workspace, and people who click what they see. */
export class SlackDriver implements ChatDriver {
  readonly surface = 'slack';
  readonly cannot = {};
  readonly mention = '@nerdy';
  readonly workspace: SlackWorkspace;

  constructor() {
    this.workspace = new SlackWorkspace({
      ...manifestTerms(),
      people: Object.keys(chatPeople),
      blockRules: {
        message: messageFaults,
        view: (view) => viewFaults(view),
      },
      // What was said while nobody was connected comes again after a minute; here sooner.
      retrySecondMs: 10,
      // Server, agents, people and Slack share this machine's cores: its three seconds are longer than Slack's.
      deadlineSecondMs: 3_000,
    });
  }

  start(): Promise<void> {
    return this.workspace.start();
  }

  stop(): Promise<void> {
    return this.workspace.stop();
  }

  env(): Record<string, string> {
    const { access, apiUrl } = this.workspace;
    return { SLACK_BOT_TOKEN: access.botToken, SLACK_APP_TOKEN: access.appToken, SLACK_API_URL: apiUrl };
  }

  settings(): object {
    return {};
  }

  /** Nothing else of ours begins with the number. */
  isCard(): boolean {
    return true;
  }

  identityOf(person: ChatPerson): string {
    return `slack:${this.#user(person).id}`;
  }

  openChannel(name: string): string {
    this.workspace.addChannel(name, 'public', Object.keys(chatPeople));
    return this.workspace.record.channelNamed(name).id;
  }

  async says(person: ChatPerson, channel: string, text: string, under: ShownMessage | null): Promise<void> {
    this.#user(person).says(channel, text, under && this.#message(under));
  }

  async commands(person: ChatPerson, channel: string, words: string): Promise<void> {
    const failed = await this.#user(person).slash(channel, '/nerdy', words);
    if (failed !== null) throw new Error(failed);
  }

  sees(person: ChatPerson, channel: string): ShownMessage[] {
    return this.#user(person).sees(channel).map(shownOf);
  }

  async clicks(person: ChatPerson, message: ShownMessage, button: RegExp): Promise<void> {
    await this.#acknowledged(this.#user(person).clicks(this.#copy(message), button));
  }

  async picks(person: ChatPerson, message: ShownMessage, option: string): Promise<void> {
    const copy = this.#copy(message);
    const menu = elementsIn(copy.blocks).find(({ element }) => element.type !== 'button');
    const clicked = menu
      ? this.#user(person).clicks(copy, String(menu.element.action_id), option)
      : this.#user(person).clicks(copy, option);
    await this.#acknowledged(clicked);
  }

  form(person: ChatPerson): ShownForm | null {
    const open = this.#user(person).modal();
    if (!open) return null;
    const blocks = open.view.blocks as Json[];
    const fields = elementsIn(blocks).map((found) => [
      labelOf(found),
      String(found.element.initial_value ?? ''),
    ]);
    const title = String((open.view.title as Json).text);
    return { title, text: readSlackView(open.view).text, fields: Object.fromEntries(fields) };
  }

  async submits(person: ChatPerson, values: Readonly<Record<string, string>>): Promise<string> {
    const user = this.#user(person);
    const blocks = (user.modal()?.view.blocks ?? []) as Json[];
    const typed = Object.entries(values).map(([name, value]) => {
      const { block } = elementNamed(blocks, new RegExp(name, 'i'));
      return [String(block.block_id), value];
    });
    return Object.values(await user.submits(Object.fromEntries(typed))).join('\n');
  }

  async deletes(person: ChatPerson, message: ShownMessage): Promise<void> {
    this.#user(person).deletes(this.#message(message));
  }

  until<T>(look: () => T | null | undefined): Promise<T> {
    return this.workspace.until(look);
  }

  cutConnection(): void {
    this.workspace.sockets.cut();
  }

  async repeatsLastEvent(): Promise<void> {
    const last = this.workspace.delivery.events.findLast(({ isAcknowledged }) => isAcknowledged);
    if (last) await this.workspace.delivery.repeat(last);
  }

  removeUs(channel: string): void {
    this.workspace.removeBot(channel);
  }

  letsUsIn(channel: string): void {
    this.workspace.inviteBot(channel);
  }

  archive(channel: string): void {
    this.workspace.archive(channel);
  }

  refusals(): string[] {
    return this.workspace.calls.filter(({ outcome }) => outcome !== 'ok').map(({ outcome }) => outcome);
  }

  changes(channel: string): number {
    const updates = this.workspace.calls.filter((c) => c.method === 'chat.update' && c.outcome === 'ok');
    return updates.filter(({ args }) => args.channel === channel).length;
  }

  /** What people see of a click that nobody acknowledged. */
  async #acknowledged(clicked: ReturnType<SlackUser['clicks']>): Promise<void> {
    const ended = await clicked;
    if (ended.kind === 'failed') throw new Error(`the click failed: ${ended.reason}`);
  }

  #user(person: ChatPerson): SlackUser {
    return this.workspace.user(person);
  }

  #message({ channel, id }: ShownMessage): SlackMessage {
    const found = this.workspace.record.channelNamed(channel).messages.find((m) => m.ts === id);
    if (!found) throw new Error(`there is no message ${id} any more`);
    return found;
  }

  /** The message as it looked when it was seen. */
  #copy(shown: ShownMessage): SlackMessage {
    return copies.get(shown) ?? this.#message(shown);
  }
}

const copies = new WeakMap<ShownMessage, SlackMessage>();

const shownOf = (message: SlackMessage): ShownMessage => {
  const { text, live } = readSlack(message);
  const elements = elementsIn(message.blocks);
  const options = elements.flatMap(({ element }) => (element.options as Json[] | undefined) ?? []);
  const shown = {
    ...{ id: message.ts, channel: message.channel, isOurs: message.isOurs, text, live },
    under: message.threadTs === message.ts ? null : message.threadTs,
    isPrivate: message.ephemeralTo !== null,
    buttons: elements.filter(({ element }) => element.type === 'button').map(labelOf),
    options: options.map((option) => String((option.text as Json).text)),
    files: message.files.map(({ name, bytes }) => ({ name, text: bytes.toString() })),
  };
  copies.set(shown, { ...message });
  return shown;
};
