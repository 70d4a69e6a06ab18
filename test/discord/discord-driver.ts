import {
  type ChatDriver,
  type ChatPerson,
  chatPeople,
  type ShownForm,
  type ShownMessage,
} from '../chat/chat-driver.ts';
import { FakeDiscord } from '../fakes/discord-server.ts';
import {
  type Call,
  type Component,
  type FakeAnswer,
  type FakeMessage,
  fakeIds,
  flat,
} from '../fakes/discord-shapes.ts';
import { DiscordJudge } from './discord-judge.ts';
import { markedTexts, readDiscord, seenIn } from './discord-reading.ts';

/** A form in front of somebody, and the button that opened it. */
interface OpenForm {
  data: FakeAnswer['data'];
  message: FakeMessage;
  button: string;
}

const isEphemeral = (flags = 0): boolean => (flags & 64) !== 0;

/** What a client would make of a text that calls somebody or leads somewhere. */
const liveKinds = ['mention', 'channel', 'command', 'emoji', 'place', 'link', 'invitation', 'everyone'];

/** Discord as the scenarios drive it: a strict far end, and people who click what they see. */
export class DiscordDriver implements ChatDriver {
  readonly surface = 'discord';
  readonly cannot = {
    'the channel is archived in mid-task: the task goes on':
      'Discord archives no channels, and a thread that it archives comes back when it is written in.',
    'we are removed and let in again: the card catches up where it stands, and the answer comes':
      'Discord tells of rights that were changed, not of what follows for us; a card comes back by its number.',
  };
  readonly mention = '@nerdy';
  readonly discord = new FakeDiscord();
  readonly #judge = new DiscordJudge(this.discord);
  /** What people said, in order with what we say: both have ids of one count. */
  readonly #said: ShownMessage[] = [];
  readonly #acts: { id: string; person: ChatPerson; channel: string }[] = [];
  readonly #forms = new Map<ChatPerson, OpenForm>();
  #channels = 0;

  async start(): Promise<void> {
    for (const person of Object.keys(chatPeople) as ChatPerson[]) {
      this.discord.names.set(this.#idOf(person), person);
    }
    // "Message Content Intent" is switched on, so that replies need no mention.
    this.discord.applicationFlags = 1 << 18;
    await this.discord.start();
  }

  stop(): Promise<void> {
    return this.discord.stop();
  }

  env(): Record<string, string> {
    return { DISCORD_TOKEN: 'a.token', DISCORD_API_URL: this.discord.apiUrl };
  }

  settings(): object {
    return { discord: { messageContent: true } };
  }

  identityOf(person: ChatPerson): string {
    return `discord:${this.#idOf(person)}`;
  }

  openChannel(_name: string): string {
    this.#channels += 1;
    const id = `7100000000000000${String(this.#channels).padStart(2, '0')}`;
    this.discord.channels.set(id, 0);
    return id;
  }

  async says(person: ChatPerson, channel: string, text: string, under: ShownMessage | null): Promise<void> {
    await this.#heard();
    const content = text.replace(this.mention, `<@${fakeIds.application}>`);
    const thread = under && this.#threadOf(under);
    const id = this.discord.say(this.#idOf(person), content, { channel: thread ?? channel, readsAll: true });
    this.#said.push({
      ...{ id, channel, under: thread, isOurs: false, isPrivate: false, text },
      ...{ buttons: [], options: [], live: [], files: [] },
    });
  }

  async commands(person: ChatPerson, channel: string, words: string): Promise<void> {
    await this.#heard();
    const [name = '', value] = words.split(' ');
    const options = value === undefined ? [] : [{ name: 'number', type: 4, value: Number(value) }];
    const id = this.discord.command(this.#idOf(person), name, options, channel);
    this.#acts.push({ id, person, channel });
    await this.#answered(id);
  }

  sees(person: ChatPerson, channel: string): ShownMessage[] {
    const ours = [...this.discord.messages.values()].filter(
      (message) => this.#placeOf(message) === channel && !isEphemeral(message.flags),
    );
    const shown = ours.map((message) => shownOf(message, channel));
    const told = [...this.#answersTo(person, channel), ...this.#directTo(person)];
    const inChannel = this.#said.filter((message) => message.channel === channel);
    return [...inChannel, ...shown, ...told].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  }

  /** A card says its request under its number; what else starts with the number only names the task. */
  isCard(message: ShownMessage): boolean {
    const copy = copies.get(message);
    return (
      copy !== undefined && markedTexts(copy.components).some((text) => /^\*\*#\d+\*\*.*\n> /.test(text))
    );
  }

  async clicks(person: ChatPerson, message: ShownMessage, button: RegExp): Promise<void> {
    const copy = this.#copy(message);
    const found = flat(copy.components).find(({ type, label }) => type === 2 && button.test(label ?? ''));
    if (!found?.custom_id) throw new Error(`there is no button ${button} on ${message.text}`);
    await this.#press(person, copy, found.custom_id);
  }

  async picks(person: ChatPerson, message: ShownMessage, option: string): Promise<void> {
    const copy = this.#copy(message);
    const all = flat(copy.components);
    const menu = all.find(({ options }) => options?.some(({ value }) => value === option));
    const found = menu ?? all.find(({ type, label }) => type === 2 && label === option);
    if (!found?.custom_id) throw new Error(`nothing offers ${option}`);
    await this.#press(person, copy, found.custom_id, menu ? [option] : undefined);
  }

  form(person: ChatPerson): ShownForm | null {
    const open = this.#forms.get(person);
    if (!open) return null;
    const { title = '', components } = open.data;
    const fields = fieldsIn(components).map(({ label, value }) => [label, value]);
    return { title, text: seenIn(components), fields: Object.fromEntries(fields) };
  }

  async submits(person: ChatPerson, values: Readonly<Record<string, string>>): Promise<string> {
    const open = this.#forms.get(person);
    if (!open) throw new Error(`no form is open for ${person}`);
    const known = fieldsIn(open.data.components);
    const typed = known.map(({ name, label, value }): [string, string] => {
      const key = Object.keys(values).find((part) => new RegExp(part, 'i').test(label));
      return [name, key === undefined ? value : (values[key] ?? '')];
    });
    this.#forms.delete(person);
    await this.#heard();
    const { message } = open;
    const fields = Object.fromEntries(typed);
    const user = this.#idOf(person);
    const id = this.discord.submit(user, message.channel_id, open.data.custom_id ?? '', fields, message);
    this.#acts.push({ id, person, channel: this.#placeOf(message) });
    const complaint = await this.#complaintOf(id);
    // A form is gone once it is sent; who was refused clicks again.
    if (complaint !== '') await this.#press(person, message, open.button);
    return complaint;
  }

  async deletes(_person: ChatPerson, message: ShownMessage): Promise<void> {
    this.discord.erase(message.id);
  }

  until<T>(look: () => T | null | undefined): Promise<T> {
    return this.discord.until(look);
  }

  cutConnection(): void {
    this.discord.cut();
  }

  async repeatsLastEvent(): Promise<void> {
    this.discord.gateway.repeat();
  }

  removeUs(channel: string): void {
    this.#judge.closed.add(channel);
  }

  letsUsIn(channel: string): void {
    this.#judge.closed.delete(channel);
  }

  archive(_channel: string): void {
    throw new Error('Discord archives no channels');
  }

  refusals(): string[] {
    return this.discord.refusals;
  }

  changes(channel: string): number {
    const isChange = ({ method, path, status }: Call): boolean =>
      method === 'PATCH' && status === 200 && path.startsWith(`/channels/${channel}/messages/`);
    return this.discord.calls.filter(isChange).length;
  }

  #idOf(person: ChatPerson): string {
    return `40000000000000001${Object.keys(chatPeople).indexOf(person)}`;
  }

  /** Who acts while nobody listens sees that it failed, and acts again. */
  async #heard(): Promise<void> {
    await this.until(() => this.discord.gateway.isHeard || null);
  }

  async #press(person: ChatPerson, message: FakeMessage, button: string, values?: string[]): Promise<void> {
    await this.#heard();
    const id = this.discord.press(this.#idOf(person), message, button, values);
    this.#acts.push({ id, person, channel: this.#placeOf(message) });
    const { type, data } = await this.#answered(id);
    if (type === 9) this.#forms.set(person, { data, message, button });
  }

  #answered(id: string): Promise<FakeAnswer> {
    return this.until(() => this.discord.answers.get(id)?.[0]);
  }

  /** A click that was acknowledged without words says nothing more, but for a complaint that comes after it. */
  async #complaintOf(id: string): Promise<string> {
    const first = await this.#answered(id);
    const said = first.type === 5 ? await this.until(() => this.discord.answers.get(id)?.[1]) : first;
    return seenIn(said.data?.components);
  }

  #answersTo(person: ChatPerson, channel: string): ShownMessage[] {
    return this.#acts
      .filter((act) => act.person === person && act.channel === channel)
      .flatMap(({ id }) => (this.discord.answers.get(id) ?? []).map(({ data }) => ({ id, data })))
      .filter(({ data }) => data !== null && data !== undefined && isEphemeral(data.flags ?? 64))
      .filter(({ data }) => data.components !== undefined && data.custom_id === undefined)
      .map(({ id, data }) => {
        const message = { ...emptyMessage, id, channel_id: channel, components: data.components ?? [] };
        return { ...shownOf(message, channel), isPrivate: true };
      });
  }

  /** Direct messages of ours to this person. */
  #directTo(person: ChatPerson): ShownMessage[] {
    const channel = this.#judge.directOf(this.#idOf(person));
    return this.discord.in(channel).map((message) => ({ ...shownOf(message, channel), isPrivate: true }));
  }

  #threadOf(message: ShownMessage): string {
    if (message.under !== null) return message.under;
    if (!this.discord.threads.has(message.id)) {
      this.discord.parents.set(message.id, message.channel);
      this.discord.openThread(message.id);
    }
    return message.id;
  }

  /** The channel at whose top it stands, or in whose thread. */
  #placeOf({ channel_id }: FakeMessage): string {
    return this.discord.parents.get(channel_id) ?? channel_id;
  }

  /** The message as it looked when it was seen. */
  #copy(shown: ShownMessage): FakeMessage {
    const copy = copies.get(shown);
    if (!copy) throw new Error(`${shown.id} is no message of ours`);
    return copy;
  }
}

const copies = new WeakMap<ShownMessage, FakeMessage>();

const emptyMessage: FakeMessage = {
  ...{ id: '', channel_id: '', author: { id: fakeIds.application, username: 'nerdy', bot: true } },
  ...{ content: '', components: [], flags: 0, files: [], allowed_mentions: null },
};

const shownOf = (message: FakeMessage, channel: string): ShownMessage => {
  const { id, channel_id, components, files } = message;
  const all = flat(components);
  const texts = markedTexts(components);
  const shown = {
    ...{ id, channel, isOurs: true, isPrivate: false, files },
    under: channel_id === channel ? null : channel_id,
    text: seenIn(components),
    buttons: all.filter(({ type }) => type === 2).map(({ label = '' }) => label),
    options: all.flatMap(({ options = [] }) => options.map(({ value }) => value)),
    live: texts.flatMap((text) =>
      readDiscord(text)
        .active.filter(({ kind }) => liveKinds.includes(kind))
        .map((one) => one.text),
    ),
  };
  copies.set(shown, message);
  return shown;
};

const fieldsIn = (components: readonly Component[] = []) =>
  components.flatMap(({ label = '', component }) =>
    component?.custom_id === undefined
      ? []
      : [{ label, name: component.custom_id, value: component.value ?? '' }],
  );
