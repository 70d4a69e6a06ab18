import type { App } from '@slack/bolt';
import { z } from 'zod';
import { sentence } from '../core/sentences.ts';
import type { AlertDesk } from '../flow/alert-desk.ts';
import type { Desk } from '../flow/desk.ts';
import { decodeAction, type SlackAction } from './action.ts';
import { givenNothing, performAction } from './acts.ts';
import type { Directs } from './directs.ts';
import type { Ear } from './ear.ts';
import type { Errands } from './errands.ts';
import type { Modals } from './modals.ts';
import type { Once } from './once.ts';
import type { Say } from './say.ts';

export interface ClickParts {
  desk: Desk;
  alerts: AlertDesk | null;
  ear: Ear;
  directs: Directs;
  once: Once;
  errands: Errands;
  say: Say;
  modals: Modals;
}

/** Of a click, what we look at. https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
const clickShape = z.object({
  trigger_id: z.string(),
  user: z.object({ id: z.string() }),
  channel: z.object({ id: z.string() }).optional(),
  message: z.object({ ts: z.string(), thread_ts: z.string().optional() }).optional(),
  actions: z.tuple([
    z.object({
      action_id: z.string(),
      value: z.string().optional(),
      selected_option: z.object({ value: z.string() }).nullish(),
    }),
  ]),
});
export type Click = z.infer<typeof clickShape>;

/** Takes clicks on our buttons and menus, on cards, in modals and in the App Home. */
export const takeClicks = (app: App, parts: ClickParts): void => {
  app.action(/^nerdy\.(?!compose)/, async ({ body, ack }) => {
    const click = clickShape.safeParse(body);
    if (click.success) {
      // Not the event's own id: what asks is heard under that one, and would wait for itself here.
      await parts.once.run(`taken ${eventIdOf(click.data)}`, () => takeClick(parts, click.data));
    }
    await ack();
  });
};

/** Each click has a trigger of its own, which a repeated delivery repeats. */
const eventIdOf = ({ trigger_id: trigger }: Click): string => `slack:click:${trigger}`;

const takeClick = async (parts: ClickParts, click: Click): Promise<void> => {
  const [{ action_id: id, value, selected_option: option }] = click.actions;
  const action = decodeAction(id, value ?? option?.value ?? '');
  if (action === null) {
    refuse(parts, click, sentence('button_unknown', {}));
    return;
  }
  if (action.kind === 'ask' || action.kind === 'task') {
    await ask(parts, click, action);
    return;
  }
  if (parts.modals.isNeeded(action)) {
    const no =
      parts.desk.lookRefusal({ surface: 'slack', id: click.user.id }) ??
      (await parts.modals.open(action, click.trigger_id, click.user.id));
    if (no) refuse(parts, click, no);
    return;
  }
  // Opens a modal, by takeAskModal.
  if (action.kind === 'compose') return;
  const act = { by: await parts.ear.actor(click.user.id), eventId: eventIdOf(click) };
  const acted = await performAction(parts, action, act, givenNothing);
  if (acted.kind === 'refused') refuse(parts, click, acted.sentence);
};

/** For the person alone, beside the message; in the App Home and in modals, as a direct message. */
const refuse = ({ say, errands }: ClickParts, click: Click, why: Parameters<Say['whisper']>[2]): void => {
  const { channel, message, user } = click;
  errands.run('a refusal', (signal) =>
    channel
      ? say.whisper({ channel: channel.id, under: message?.thread_ts ?? null }, user.id, why, signal)
      : say.whisper({ channel: user.id, under: null }, user.id, why, signal),
  );
};

/** Asks in the conversation of the message that was clicked; from the App Home, in direct messages. */
const ask = async (
  { ear, directs }: ClickParts,
  click: Click,
  action: Extract<SlackAction, { kind: 'ask' | 'task' }>,
): Promise<void> => {
  const { channel, message, user } = click;
  const place = {
    channel: channel?.id ?? (await directs.of(user.id)),
    under: channel ? (message?.thread_ts ?? message?.ts ?? null) : null,
    user: user.id,
  };
  const text = action.kind === 'ask' ? action.request : `task ${action.task}`;
  const said = { ...place, text, context: null, on: null, isAddressed: true, eventId: eventIdOf(click) };
  return ear.hear(said, ear.inPlace(place, null));
};
