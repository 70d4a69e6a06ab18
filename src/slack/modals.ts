import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { Card } from '../core/card.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { AlertDesk } from '../flow/alert-desk.ts';
import type { Desk } from '../flow/desk.ts';
import type { Clock } from '../ports/clock.ts';
import { decodeAction, type SlackAction } from './action.ts';
import { type Acted, type DeskAction, performAction } from './acts.ts';
import type { Errands } from './errands.ts';
import { modalWaitMs } from './limits.ts';
import { readForm } from './modal-form.ts';
import type { Once } from './once.ts';
import type { People } from './people.ts';
import { renderConfirmModal } from './render-confirm-modal.ts';
import { renderKeepModal } from './render-keep-modal.ts';
import { renderEditModal, renderRejectModal } from './render-modals.ts';
import { renderNoteModal } from './render-note-modal.ts';
import type { SlackWeb } from './web.ts';

/** Actions that a click opens a modal for. */
export type ModalAction = Extract<SlackAction, { kind: 'approve' | 'read' | 'reject' | 'edit' | 'keep' }>;

const fieldState = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string().optional() }).nullish(),
  selected_options: z.array(z.object({ value: z.string().optional() })).nullish(),
});

/** Of a submitted modal, what we look at. https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
export const submissionShape = z.object({
  trigger_id: z.string(),
  user: z.object({ id: z.string() }),
  view: z.object({
    id: z.string(),
    hash: z.string().optional(),
    callback_id: z.string(),
    private_metadata: z.string(),
    blocks: z.array(z.object({ type: z.string(), block_id: z.string() })),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), fieldState)) }),
  }),
});
export type Submission = z.infer<typeof submissionShape>;

/** What goes back with the acknowledgement of a submission; undefined closes the modal. */
export type SubmissionReply =
  | { response_action: 'errors'; errors: Record<string, string> }
  | { response_action: 'update'; view: ModalView }
  | undefined;

/** A refusal stands in the modal that it answers, at its first field: what was typed there is not lost. */
export const refusedReply = ({ view }: Submission, why: Sentence): SubmissionReply => {
  const field = view.blocks.find(({ type }) => type === 'input');
  return field && { response_action: 'errors', errors: { [field.block_id]: why.text } };
};

export interface ModalsParts {
  desk: Desk;
  alerts: AlertDesk | null;
  web: SlackWeb;
  people: People;
  once: Once;
  errands: Errands;
  clock: Clock;
}

const opened = z.object({ view: z.object({ id: z.string() }) });

/** Modals that a decision needs: a reason, a text, something typed, or a script too long for a message. */
export class Modals {
  readonly #parts: ModalsParts;

  constructor(parts: ModalsParts) {
    this.#parts = parts;
  }

  isNeeded(action: SlackAction): action is ModalAction {
    return (
      action.kind === 'read' ||
      action.kind === 'reject' ||
      action.kind === 'edit' ||
      action.kind === 'keep' ||
      (action.kind === 'approve' && action.isTyped)
    );
  }

  /**
   * Opens it at once: the trigger is good for three seconds. A card of many machines may take longer on a busy server;
   * then a window opens that says so, and gets its form when there is one.
   *
   * @returns why not; null once it is open.
   */
  async open(action: ModalAction, trigger: string, user: string): Promise<Sentence | null> {
    const view = this.#viewFor(action, user);
    const inTime = await Promise.race([view, this.#patience()]);
    if (inTime !== null) return 'code' in inTime ? inTime : this.show(inTime, trigger);
    const title = `#${action.task}`;
    const called = await this.#open(renderNoteModal(title, 'One moment: this server is busy.'), trigger);
    if (called.kind === 'failed') return sentence('slack_modal_refused', { error: called.error });
    this.#parts.errands.run('the form of a window', async (signal) => {
      const late = await view;
      const next = 'code' in late ? renderNoteModal(title, late.text) : late;
      await this.#parts.web.call(
        'views.update',
        { view_id: called.result.view.id, view: next },
        opened,
        signal,
      );
    });
    return null;
  }

  /** @returns why it could not be opened; null once it is. */
  async show(view: ModalView, trigger: string): Promise<Sentence | null> {
    const called = await this.#open(view, trigger);
    return called.kind === 'ok' ? null : sentence('slack_modal_refused', { error: called.error });
  }

  #open(view: ModalView, trigger: string) {
    return this.#parts.web.call('views.open', { trigger_id: trigger, view }, opened);
  }

  async #viewFor(action: ModalAction, user: string): Promise<ModalView | Sentence> {
    if (action.kind === 'keep') {
      const { desk, people } = this.#parts;
      const outcome = await desk.keepForm(action.task, await people.actor(user));
      return outcome.kind === 'form' ? renderKeepModal(action.task, outcome.form) : outcome.sentence;
    }
    const card = await this.#parts.desk.card(action.task);
    return card === null ? sentence('task_unknown', { number: action.task }) : modalFor(action, card);
  }

  #patience(): Promise<null> {
    return new Promise((resolve) => this.#parts.clock.after(modalWaitMs, () => resolve(null)));
  }

  /** Takes what was submitted of these modals. */
  take(app: App): void {
    app.view(
      { callback_id: /^nerdy\.(approve|reject|edit|keep)\./, type: 'view_submission' },
      async (args) => {
        const submission = submissionShape.safeParse(args.body);
        let reply: SubmissionReply;
        if (submission.success) {
          await this.#parts.once.run(submissionId(submission.data), async () => {
            const acted = await this.#submit(submission.data);
            reply = acted.kind === 'refused' ? refusedReply(submission.data, acted.sentence) : undefined;
          });
        }
        await (reply === undefined ? args.ack() : args.ack(reply));
      },
    );
  }

  async #submit(submission: Submission): Promise<Acted> {
    const { view, user } = submission;
    const action = decodeAction(view.callback_id, view.private_metadata);
    if (action === null || !isOfDesk(action)) {
      return { kind: 'refused', sentence: sentence('button_unknown', {}) };
    }
    const form = readForm(view.state.values);
    const act = { by: await this.#parts.people.actor(user.id), eventId: submissionId(submission) };
    const meant =
      action.kind === 'approve' && form.canary !== null ? { ...action, canary: form.canary } : action;
    return performAction(this.#parts, meant, act, {
      confirm: form.typed,
      reason: form.reason,
      texts: form.texts,
      wish: form.wish,
    });
  }
}

/** Each click on its button has a trigger of its own, which a repeated delivery repeats. */
export const submissionId = ({ view, trigger_id: trigger }: Submission): string =>
  `slack:view:${view.id}:${trigger}`;

const isOfDesk = (action: SlackAction): action is DeskAction =>
  action.kind !== 'ask' && action.kind !== 'task' && action.kind !== 'read' && action.kind !== 'compose';

/** The modal, or why there is none. */
const modalFor = (action: Exclude<ModalAction, { kind: 'keep' }>, card: Card): ModalView | Sentence => {
  switch (action.kind) {
    case 'reject':
      return renderRejectModal(card);
    case 'edit':
      return renderEditModal(card) ?? sentence('slack_edit_too_long', { number: card.task });
    case 'approve':
    case 'read':
      if (action.kind === 'approve' && card.proposal?.digest !== action.digest) {
        return sentence('card_outdated', {});
      }
      return renderConfirmModal(card, action) ?? sentence('slack_script_too_long', { number: card.task });
  }
};
