import type { App } from '@slack/bolt';
import type { Option } from '@slack/types';
import { z } from 'zod';
import type { Agent } from '../core/agent.ts';
import { sentence } from '../core/sentences.ts';
import type { Desk } from '../flow/desk.ts';
import { type AskOrigin, askOrigin, onOf } from './ask-origin.ts';
import { AskPreviews } from './ask-preview.ts';
import type { Directs } from './directs.ts';
import type { Ear } from './ear.ts';
import type { Echoes } from './echoes.ts';
import type { Errands } from './errands.ts';
import { contextCharsMax, optionCharsMax, optionsMax } from './limits.ts';
import { fieldAction, readForm } from './modal-form.ts';
import {
  type Modals,
  refusedReply,
  type Submission,
  type SubmissionReply,
  submissionId,
  submissionShape,
} from './modals.ts';
import { renderListing } from './render-listing.ts';
import { renderAskModal } from './render-modals.ts';
import { plainText } from './rich-text.ts';
import { sentenceWords } from './say.ts';
import type { SlackWeb } from './web.ts';

export interface AskModalParts {
  desk: Desk;
  ear: Ear;
  directs: Directs;
  errands: Errands;
  echoes: Echoes;
  modals: Modals;
  web: SlackWeb;
}

const direct: AskOrigin = { channel: null, under: null, context: null };

const messageShortcut = z.object({
  trigger_id: z.string(),
  channel: z.object({ id: z.string() }),
  message: z.object({ ts: z.string(), thread_ts: z.string().optional(), text: z.string().optional() }),
});

/** Names as they are in manifest.yml. */
const shortcut = { ask: 'ask_nerdy', about: 'ask_about_message' } as const;
const compose = /^nerdy\.compose\./;

/** The modal in which a request is written: from a shortcut, from a message that it is about, from the App Home. */
export const takeAskModal = (app: App, parts: AskModalParts): void => {
  const previews = new AskPreviews(parts);
  const open = async (origin: AskOrigin, trigger: string): Promise<void> => {
    const metadata = JSON.stringify(origin);
    const view = renderAskModal({
      ...{ request: '', machines: [], preview: null },
      ...{ context: origin.context, metadata },
    });
    await parts.modals.show(view, trigger);
  };
  app.shortcut({ callback_id: shortcut.ask, type: 'shortcut' }, async ({ body, ack }) => {
    await open(direct, body.trigger_id);
    await ack();
  });
  app.action(compose, async ({ body, ack }) => {
    const trigger = 'trigger_id' in body ? body.trigger_id : null;
    if (trigger) await open(direct, trigger);
    await ack();
  });
  app.shortcut({ callback_id: shortcut.about, type: 'message_action' }, async ({ body, ack, respond }) => {
    const about = messageShortcut.safeParse(body);
    if (about.success) {
      const { channel, message, trigger_id: trigger } = about.data;
      const context = (message.text ?? '').slice(0, contextCharsMax);
      // Where we aren't in the channel only this way leads to the person.
      parts.echoes.keep(channel.id, async (said) => {
        await respond({ response_type: 'ephemeral', replace_original: false, ...sentenceWords(said) });
      });
      await open({ channel: channel.id, under: message.thread_ts ?? message.ts, context }, trigger);
    }
    await ack();
  });
  app.options<'block_suggestion'>(
    { action_id: fieldAction, type: 'block_suggestion' },
    async ({ body, payload, ack }) => {
      const mayLook = parts.desk.lookRefusal({ surface: 'slack', id: body.user.id }) === null;
      await ack({ options: mayLook ? machineOptions(await parts.desk.agents(), payload.value) : [] });
    },
  );
  app.action(fieldAction, async ({ body, ack }) => {
    const changed = submissionShape.safeParse(body);
    if (changed.success) previews.follow(changed.data);
    await ack();
  });
  app.view({ callback_id: compose, type: 'view_submission' }, async ({ body, ack }) => {
    const submission = submissionShape.safeParse(body);
    const reply = submission.success ? await submit(parts, submission.data) : undefined;
    await (reply === undefined ? ack() : ack(reply));
  });
};

const submit = async (
  { ear, desk, directs }: AskModalParts,
  submission: Submission,
): Promise<SubmissionReply> => {
  const { view, user } = submission;
  const { request, machines } = readForm(view.state.values);
  const origin = askOrigin(view.private_metadata) ?? direct;
  const channel = origin.channel ?? (await directs.of(user.id));
  const outcome = await ear.ask({
    ...{ channel, under: origin.under, context: origin.context },
    ...{ user: user.id, text: request ?? '', isPlain: true, isAddressed: true },
    on: onOf(machines, await desk.agents()),
    eventId: submissionId(submission),
  });
  switch (outcome.kind) {
    case 'refused':
      return refusedReply(submission, outcome.sentence);
    case 'ignored':
      return refusedReply(submission, sentence('request_empty', {}));
    case 'listing': {
      const { title, blocks } = { title: outcome.listing.title, ...renderListing(outcome.listing) };
      const close = plainText('Close', 24);
      return {
        response_action: 'update',
        view: { type: 'modal', title: plainText(title, 24), close, blocks },
      };
    }
    default:
      return undefined;
  }
};

/** What the menu of machines offers for what was typed so far: names, then labels, then whole platforms. */
const machineOptions = (agents: readonly Agent[], typed: string): Option[] => {
  const wanted = typed.trim().toLowerCase();
  const labels = agents.flatMap((a) => Object.entries(a.labels).map(([key, value]) => `${key}=${value}`));
  const platforms = [...new Set(agents.map((a) => a.facts.platform))];
  const values = [
    ...agents.map(({ name }) => name).sort((a, b) => a.localeCompare(b, 'en', { numeric: true })),
    ...[...new Set(labels)].sort(),
    ...(platforms.length > 1 ? platforms.map((platform) => `all ${platform}`) : []),
    ...(agents.length > 1 ? ['all'] : []),
  ];
  const fitting = values.filter(
    (value) => value.length <= optionCharsMax && value.toLowerCase().includes(wanted),
  );
  // A pattern that nobody has a name for: `web*`.
  const pattern = /^[\w*?.-]+$/.test(wanted) && /[*?]/.test(wanted) && wanted.length <= optionCharsMax;
  return [...(pattern ? [wanted] : []), ...fitting]
    .slice(0, optionsMax)
    .map((value) => ({ text: plainText(value, optionCharsMax), value }));
};
