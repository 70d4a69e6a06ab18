import type { Acknowledgement, SlackDelivery } from './slack-workspace-delivery.ts';
import { elementNamed, optionOf, problemsOf, stateOf } from './slack-workspace-elements.ts';
import { messageJson } from './slack-workspace-messages.ts';
import {
  appId,
  botUser,
  type Json,
  type SlackPerson as Person,
  type SlackChannel,
  type SlackMessage,
  type SlackRecord,
  teamId,
} from './slack-workspace-record.ts';
import type { SlackRules } from './slack-workspace-rules.ts';
import type { SlackTriggers } from './slack-workspace-triggers.ts';
import { type OpenView, type SlackViews, viewJson } from './slack-workspace-views.ts';

interface PersonParts {
  record: SlackRecord;
  delivery: SlackDelivery;
  triggers: SlackTriggers;
  views: SlackViews;
  rules: SlackRules;
  url: () => string;
  /** Brings an event to the app, where it is subscribed to it. */
  tell: (name: string, event: Json) => void;
}

export type Typed = Readonly<Record<string, string | string[]>>;

/** A person with a mouse and a keyboard: can do what Slack's client lets people do, and nothing else. */
export class SlackUser {
  readonly #parts: PersonParts;
  readonly id: string;
  readonly name: string;

  constructor(parts: PersonParts, person: Person) {
    this.#parts = parts;
    this.id = person.id;
    this.name = person.name;
  }

  /** Writes a message; `@nerdy` and other names become mentions. `channel` null writes to the bot directly. */
  says(channel: string | null, text: string, thread: SlackMessage | null = null): SlackMessage {
    const place = this.#place(channel);
    const ts = thread === null ? null : (thread.threadTs ?? thread.ts);
    return this.#parts.record.add({
      ...{ channel: place.id, user: this.id, threadTs: ts },
      text: written(this.#parts.record, text),
    });
  }

  edits(message: SlackMessage, text: string): void {
    this.#parts.record.change(message, { text: written(this.#parts.record, text) });
  }

  deletes(message: SlackMessage): void {
    this.#parts.record.remove(message);
  }

  /** What this person sees there: everybody's messages, and those for their own eyes. */
  sees(channel: string | null): SlackMessage[] {
    const { messages } = this.#place(channel);
    return messages.filter((m) => m.ephemeralTo === null || m.ephemeralTo === this.id);
  }

  /**
   * Clicks what stands on a message, by its action id or by what is written on it, as this person sees it: a copy
   * taken earlier is a window that was left open.
   */
  clicks(
    message: SlackMessage,
    name: string | RegExp,
    chosen: string | null = null,
  ): Promise<Acknowledgement> {
    const { record, triggers } = this.#parts;
    const channel = record.channelNamed(message.channel);
    const place = { channel: channel.id, person: this.id, message: message.ts, threadTs: message.threadTs };
    return this.#parts.delivery.interaction({
      ...this.#who('block_actions'),
      container: {
        ...{ type: 'message', message_ts: message.ts, channel_id: channel.id },
        ...{ is_ephemeral: message.ephemeralTo !== null },
        ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
      },
      channel: { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name },
      message: messageJson(message, true),
      state: { values: stateOf(message.blocks, {}) },
      trigger_id: triggers.makeTrigger(this.id),
      response_url: `${this.#parts.url()}/response/${triggers.makeResponse(place)}`,
      actions: [actionOf(message.blocks, name, chosen)],
    });
  }

  /** The modal that is open in front of this person, null for none. */
  modal(): OpenView | null {
    return this.#parts.views.modalOf(this.id);
  }

  /** The app's home tab as it was last published for this person. */
  home(): OpenView | null {
    return this.#parts.views.homes.get(this.id) ?? null;
  }

  /** Clicks something in the open modal, or on the home tab. */
  clicksIn(open: OpenView, name: string | RegExp, chosen: string | null = null): Promise<Acknowledgement> {
    const blocks = open.view.blocks as Json[];
    return this.#parts.delivery.interaction({
      ...this.#who('block_actions'),
      container: { type: 'view', view_id: open.id },
      view: viewJson(open, stateOf(blocks, {}, open.filled)),
      trigger_id: this.#parts.triggers.makeTrigger(this.id),
      actions: [actionOf(blocks, name, chosen)],
    });
  }

  /**
   * Types or chooses in one field of the open modal, which keeps it. The app hears of it where the field dispatches: of
   * a choice at once, of a text only where it says `on_character_entered`.
   *
   * @returns how the app acknowledged; null where it isn't told.
   */
  async fills(name: string, given: string | string[]): Promise<Acknowledgement | null> {
    const open = this.modal();
    if (!open) throw new Error(`${this.name} has no modal open`);
    const blocks = open.view.blocks as Json[];
    const { block, element } = elementNamed(blocks, name);
    const [blockId, actionId] = [String(block.block_id), String(element.action_id)];
    const values = stateOf(blocks, { [blockId]: given }, open.filled) as Record<string, Record<string, Json>>;
    const state = values[blockId]?.[actionId] ?? {};
    open.filled = { ...open.filled, [blockId]: { [actionId]: state } };
    const asked = (element.dispatch_action_config as Json | undefined)?.trigger_actions_on;
    const isText = element.type === 'plain_text_input';
    const isHeard = !isText || (asked as string[] | undefined)?.includes('on_character_entered');
    if (!block.dispatch_action || !isHeard) return null;
    return this.#parts.delivery.interaction({
      ...this.#who('block_actions'),
      container: { type: 'view', view_id: open.id },
      view: viewJson(open, values),
      trigger_id: this.#parts.triggers.makeTrigger(this.id),
      actions: [{ ...state, block_id: blockId, action_id: actionId, action_ts: '0' }],
    });
  }

  /**
   * Submits the open modal; fields are named by action id, block id or label. @returns what Slack shows beside the
   * fields, by block id: empty where it was taken.
   */
  async submits(typed: Typed = {}): Promise<Record<string, string>> {
    const open = this.modal();
    if (!open) throw new Error(`${this.name} has no modal open`);
    const blocks = open.view.blocks as Json[];
    const values = stateOf(blocks, typed, open.filled);
    const problems = problemsOf(blocks, values);
    if (Object.keys(problems).length > 0) return problems;
    const ended = await this.#parts.delivery.interaction({
      ...this.#who('view_submission'),
      view: viewJson(open, values),
      trigger_id: this.#parts.triggers.makeTrigger(this.id),
      response_urls: [],
    });
    if (ended.kind === 'failed') return { '': 'We had some trouble connecting. Try again?' };
    return this.#afterSubmit(open, ended.payload ?? {});
  }

  async closesModal(): Promise<void> {
    const open = this.modal();
    if (!open) return;
    this.#parts.views.modals.delete(this.id);
    this.#parts.record.changed();
    if (!open.view.notify_on_close) return;
    await this.#parts.delivery.interaction({
      ...this.#who('view_closed'),
      ...{ view: viewJson(open), is_cleared: false },
    });
  }

  /** Types into an external select, of the open modal or of a message. @returns the words of the options it offers. */
  async searches(where: OpenView | SlackMessage, name: string, text: string): Promise<string[]> {
    const isView = 'view' in where;
    const blocks = isView ? (where.view.blocks as Json[]) : where.blocks;
    const { block, element } = elementNamed(blocks, name);
    const ended = await this.#parts.delivery.interaction({
      ...this.#who('block_suggestion'),
      ...{ action_id: element.action_id, block_id: block.block_id, value: text },
      ...(isView
        ? { view: viewJson(where) }
        : { message: messageJson(where, true), channel: { id: where.channel } }),
      container: isView ? { type: 'view', view_id: where.id } : { type: 'message', message_ts: where.ts },
    });
    if (ended.kind === 'failed') return [];
    const { options, option_groups } = ended.payload ?? {};
    const groups = (option_groups as Json[] | undefined) ?? [];
    const all = [...((options as Json[] | undefined) ?? []), ...groups.flatMap((g) => g.options as Json[])];
    return all.map((o) => String((o.text as Json).text));
  }

  /** `/nerdy agents`. @returns what Slack shows when nobody acknowledged, null when all is well. */
  async slash(channel: string | null, command: string, text: string): Promise<string | null> {
    const { record, triggers } = this.#parts;
    const place = this.#place(channel);
    const at = { channel: place.id, person: this.id, message: null, threadTs: null };
    const ended = await this.#parts.delivery.command({
      ...{ token: 'unused', team_id: teamId, team_domain: 'strict', api_app_id: appId, command },
      ...{ channel_id: place.id, channel_name: place.kind === 'im' ? 'directmessage' : place.name },
      ...{ user_id: this.id, user_name: this.name, is_enterprise_install: 'false' },
      text: written(record, text),
      trigger_id: triggers.makeTrigger(this.id),
      response_url: `${this.#parts.url()}/response/${triggers.makeResponse(at)}`,
    });
    if (ended.kind === 'failed') return `${command} failed with the error "operation_timeout"`;
    if (ended.payload) respond(record, at, ended.payload, this.#parts.rules);
    return null;
  }

  shortcut(callbackId: string): Promise<Acknowledgement> {
    return this.#parts.delivery.interaction({
      ...this.#who('shortcut'),
      ...{ callback_id: callbackId, action_ts: this.#parts.record.makeTs() },
      trigger_id: this.#parts.triggers.makeTrigger(this.id),
    });
  }

  /** From the menu of a message. */
  messageShortcut(message: SlackMessage, callbackId: string): Promise<Acknowledgement> {
    const { record, triggers, url } = this.#parts;
    const { id, name } = record.channelNamed(message.channel);
    const place = { channel: id, person: this.id, message: message.ts, threadTs: message.threadTs };
    return this.#parts.delivery.interaction({
      ...this.#who('message_action'),
      ...{ callback_id: callbackId, action_ts: record.makeTs(), message_ts: message.ts },
      ...{ channel: { id, name }, message: messageJson(message, false) },
      trigger_id: triggers.makeTrigger(this.id),
      response_url: `${url()}/response/${triggers.makeResponse(place)}`,
    });
  }

  opensHome(): void {
    const { record, tell, views } = this.#parts;
    const home = views.homes.get(this.id);
    const channel = record.directOf(record.personNamed(this.id)).id;
    tell('app_home_opened', {
      ...{ type: 'app_home_opened', user: this.id, channel, tab: 'home', event_ts: record.makeTs() },
      ...(home ? { view: viewJson(home) } : {}),
    });
  }

  /** Opens the assistant's pane. @returns the message that is its thread's head. */
  opensAssistant(): SlackMessage {
    const { record, tell } = this.#parts;
    const channel = record.directOf(record.personNamed(this.id)).id;
    const head = record.add({ channel, user: botUser, text: 'New Assistant Thread' });
    const thread = { user_id: this.id, context: {}, channel_id: channel, thread_ts: head.ts };
    const event = { type: 'assistant_thread_started', assistant_thread: thread, event_ts: head.ts };
    tell('assistant_thread_started', event);
    return head;
  }

  #place(channel: string | null): SlackChannel {
    const { record } = this.#parts;
    if (channel === null) return record.directOf(record.personNamed(this.id));
    const place = record.channelNamed(channel);
    if (!place.members.has(this.id)) throw new Error(`${this.name} is not in ${place.name}`);
    return place;
  }

  #who(type: string): Json {
    return {
      ...{ type, token: 'unused', api_app_id: appId, is_enterprise_install: false, enterprise: null },
      team: { id: teamId, domain: 'strict' },
      user: { id: this.id, username: this.name, name: this.name, team_id: teamId },
    };
  }

  #afterSubmit(open: OpenView, answer: Json): Record<string, string> {
    const { views, record, rules } = this.#parts;
    const action = answer.response_action;
    if (action === 'errors') {
      const errors = answer.errors as Record<string, string>;
      const ids = (open.view.blocks as Json[]).filter((b) => b.type === 'input').map((b) => b.block_id);
      const astray = Object.keys(errors).filter((id) => !ids.includes(id));
      if (astray.length > 0) throw new Error(`errors for blocks that are no inputs: ${astray.join(', ')}`);
      return errors;
    }
    const stack = views.modals.get(this.id) ?? [];
    if (action === 'update' || action === 'push') {
      const view = answer.view as Json;
      const { broken } = rules.view(view, 'modal');
      if (broken.length > 0) throw new Error(`a modal that Slack would refuse: ${broken.join('; ')}`);
      const fresh = { id: record.makeId('V'), hash: record.makeTs(), view, filled: {} };
      const kept = action === 'push' ? stack : stack.slice(0, -1);
      views.modals.set(this.id, [...kept, action === 'push' ? fresh : { ...fresh, id: open.id }]);
    } else {
      views.modals.set(this.id, action === 'clear' ? [] : stack.filter((one) => one !== open));
    }
    record.changed();
    return {};
  }
}

/** As Slack's client sends it: special characters escaped, names turned into mentions. */
const written = (record: SlackRecord, text: string): string => {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return [...record.people.values()].reduce(
    (all, { id, name }) => all.replace(new RegExp(`@${name}\\b`, 'g'), `<@${id}>`),
    escaped,
  );
};

const actionOf = (blocks: readonly Json[], name: string | RegExp, chosen: string | null): Json => {
  const { block, element } = elementNamed(blocks, name);
  if (!block.block_id) throw new Error('Slack gives each block an id; this one has none');
  const { type, action_id, text, value, style } = element;
  return {
    ...{ type, action_id, block_id: block.block_id, action_ts: '0' },
    ...(text === undefined ? {} : { text }),
    ...(value === undefined ? {} : { value }),
    ...(style === undefined ? {} : { style }),
    ...(type === 'button' || chosen === null ? {} : { selected_option: optionOf(element, chosen) }),
  };
};

/** What an app says to a response address, or with its acknowledgement of a command. */
export const respond = (
  record: SlackRecord,
  place: { channel: string; person: string; message: string | null; threadTs: string | null },
  said: Json,
  rules: SlackRules,
): void => {
  const channel = record.channelNamed(place.channel);
  const clicked = channel.messages.find((m) => m.ts === place.message);
  if (said.delete_original) {
    if (clicked) record.remove(clicked);
    return;
  }
  const blocks = (said.blocks as Json[] | undefined) ?? [];
  const broken = blocks.length > 0 ? rules.message(String(said.text ?? ''), blocks) : [];
  if (broken.length > 0) throw new Error(`invalid_blocks: ${broken.join('; ')}`);
  const text = String(said.text ?? '');
  if (said.replace_original && clicked) {
    record.change(clicked, { text, blocks: record.withIds(blocks) });
    return;
  }
  record.add({
    ...{ channel: channel.id, user: botUser, text, blocks: record.withIds(blocks) },
    threadTs: said.thread_ts === undefined ? null : String(said.thread_ts),
    ephemeralTo: said.response_type === 'in_channel' ? null : place.person,
  });
};
