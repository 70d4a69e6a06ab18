import type {
  APIModalInteractionResponseCallbackData,
  ButtonInteraction,
  ModalSubmitInteraction,
  StringSelectMenuInteraction,
} from 'discord.js';
import type { Card } from '../core/card.ts';
import { wishOf } from '../core/keep-fields.ts';
import { sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { AlertDesk, IncidentOutcome } from '../flow/alert-desk.ts';
import type { Act, Desk, Outcome } from '../flow/desk.ts';
import type { Hearing } from '../flow/hear.ts';
import { type ButtonMeaning, checkOf, meaningOf } from './custom-id.ts';
import { escaped } from './escape.ts';
import { keepModal } from './render-keep-modal.ts';
import { confirmModal, editModal, field, rejectModal } from './render-modal.ts';
import { answer, type Reply, type ReplyParts, replyOf } from './reply.ts';
import type { Whereabouts } from './whereabouts.ts';

export interface ButtonParts extends ReplyParts {
  desk: Desk;
  hearing: Hearing;
  /** Null while no alerts are taken. */
  alerts: AlertDesk | null;
}

/** A click, a menu's choice or a modal that was sent. */
type Pressed = ButtonInteraction | StringSelectMenuInteraction | ModalSubmitInteraction;

export interface Press {
  interaction: Pressed;
  by: Actor;
  where: Whereabouts;
  /** Resolves once their roles are known, or can't be. */
  known: Promise<void> | void;
}

/** Acts for a button, menu or modal of ours: a translation of its id, and nothing else. */
export const press = async (parts: ButtonParts, pressed: Press): Promise<void> => {
  const { interaction, by, known } = pressed;
  const meaning = meaningOf(interaction.customId);
  const act: Act = { by, eventId: `discord:${interaction.id}` };
  if (meaning && !interaction.isModalSubmit() && mayOpenForm(meaning)) {
    // Forms show scripts, so who may look must be known before; nothing else waits for it outside its answer.
    await known;
    if (await openModal(parts, interaction, meaning, by)) return;
  }
  await answer(parts, interaction, by, async () => {
    await known;
    if (!meaning) return { kind: 'said', sentence: sentence('button_unknown', {}) };
    if ('incident' in meaning) return actOnIncident(parts, meaning, act, chosenOf(interaction));
    if (
      meaning.kind === 'next' ||
      meaning.kind === 'ask' ||
      meaning.kind === 'show' ||
      meaning.kind === 'about'
    )
      return say(parts, pressed, meaning, act);
    return actOnTask(parts.desk, interaction, meaning, act);
  });
};

const mayOpenForm = (meaning: ButtonMeaning): boolean =>
  meaning.kind === 'reject' ||
  meaning.kind === 'edit' ||
  meaning.kind === 'keep' ||
  (meaning.kind === 'approve' && meaning.isTyped);

const chosenOf = (interaction: Pressed): string | null =>
  interaction.isStringSelectMenu() ? (interaction.values[0] ?? null) : null;

/** Null where that field is not in the modal, or nothing was written. */
const typedIn = (interaction: Pressed, name: string): string | null => {
  if (!interaction.isModalSubmit()) return null;
  const found = interaction.fields.fields.get(name);
  return found && 'value' in found && typeof found.value === 'string' && found.value.trim() !== ''
    ? found.value
    : null;
};

/** The one thing that a handler does before its act: nobody can type into a form that comes after it. */
const openModal = async (
  { desk, log }: ButtonParts,
  interaction: ButtonInteraction | StringSelectMenuInteraction,
  meaning: ButtonMeaning,
  by: Actor,
): Promise<boolean> => {
  try {
    // Refused by the act itself, in words.
    if (desk.lookRefusal({ surface: 'discord', id: interaction.user.id })) return false;
    const form = await modalFor(desk, meaning, by);
    if (!form) return false;
    await interaction.showModal({ toJSON: () => form });
  } catch (err) {
    // The click did nothing and says so by itself; it can be made again.
    log.warn({ err, interaction: interaction.id }, 'a form could not be opened');
  }
  return true;
};

const modalFor = async (
  desk: Desk,
  meaning: ButtonMeaning,
  by: Actor,
): Promise<APIModalInteractionResponseCallbackData | null> => {
  if (meaning.kind === 'reject') return rejectModal(meaning.task);
  if (meaning.kind === 'keep') {
    const outcome = await desk.keepForm(meaning.task, by);
    return outcome.kind === 'form' ? keepModal(meaning.task, outcome.form) : null;
  }
  if (meaning.kind === 'edit') {
    const card = await desk.card(meaning.task);
    const isCurrent = card?.proposal?.revision === meaning.proposal;
    return card && isCurrent ? editModal(card, meaning.proposal) : null;
  }
  if (meaning.kind !== 'approve' || !meaning.isTyped) return null;
  const card = await desk.card(meaning.task);
  const confirmation = card?.terms?.confirmation;
  // An outdated button needs no typing to be refused.
  if (!confirmation || card.proposal?.digest !== meaning.digest) return null;
  return confirmModal(meaning, confirmation.text, escaped(confirmation.why.text));
};

const toldOf = (outcome: Outcome | IncidentOutcome): Reply =>
  outcome.kind === 'refused' ? { kind: 'said', sentence: outcome.sentence } : { kind: 'quiet' };

type TaskMeaning = Exclude<Extract<ButtonMeaning, { task: number }>, { kind: 'next' | 'show' }>;

const actOnTask = async (
  desk: Desk,
  interaction: Pressed,
  meaning: TaskMeaning,
  act: Act,
): Promise<Reply> => {
  const { task } = meaning;
  switch (meaning.kind) {
    case 'approve': {
      const { proposal, digest, canary } = meaning;
      const confirm = typedIn(interaction, field.confirm)?.trim() ?? null;
      return toldOf(await desk.approve(task, { ...act, proposal, digest, canary, confirm }));
    }
    case 'reject':
      return toldOf(
        await desk.reject(task, { ...act, reason: typedIn(interaction, field.reason)?.trim() ?? null }),
      );
    case 'edit':
      return edit(desk, interaction, meaning, act);
    case 'keep':
      return keep(desk, interaction, task, act);
    case 'choose': {
      const option = meaning.option ?? chosenOf(interaction);
      return option === null
        ? { kind: 'said', sentence: sentence('button_unknown', {}) }
        : toldOf(await desk.choose(task, { ...act, option }));
    }
    case 'cancel':
      return toldOf(await desk.cancel(task, act));
    case 'continue':
      return toldOf(await desk.continue(task, act));
    case 'stop':
      return toldOf(await desk.stop(task, act));
  }
};

/** A click that opened no form is told why there is none. */
const keep = async (desk: Desk, interaction: Pressed, task: number, act: Act): Promise<Reply> => {
  if (interaction.isModalSubmit()) {
    const wish = wishOf((name) => typedIn(interaction, name) ?? '');
    return toldOf(await desk.keep(task, { ...act, wish }));
  }
  const outcome = await desk.keepForm(task, act.by);
  const why = outcome.kind === 'refused' ? outcome.sentence : sentence('button_outdated', { number: task });
  return { kind: 'said', sentence: why };
};

/** Only texts that were really changed: one that was not stays the same script with the same digest. */
const edit = async (
  desk: Desk,
  interaction: Pressed,
  { task, proposal }: Extract<ButtonMeaning, { kind: 'edit' }>,
  act: Act,
): Promise<Reply> => {
  const card = await desk.card(task);
  if (!card) return { kind: 'said', sentence: sentence('task_unknown', { number: task }) };
  if (!interaction.isModalSubmit()) {
    const isTooLong = card.proposal?.revision === proposal && editModal(card, proposal) === null;
    const why = isTooLong
      ? sentence('edit_too_long', { surface: 'Discord' })
      : sentence('button_outdated', { number: task });
    return { kind: 'said', sentence: why };
  }
  const texts = changedTexts(card, interaction);
  return texts.length === 0 ? { kind: 'quiet' } : toldOf(await desk.edit(task, { ...act, proposal, texts }));
};

/** A field that the card has no script for goes to the desk all the same: it says that the card is outdated. */
const changedTexts = (card: Card, interaction: ModalSubmitInteraction): { digest: string; text: string }[] =>
  [...interaction.fields.fields.values()].flatMap((one) => {
    if (!('value' in one) || typeof one.value !== 'string' || !/^[0-9a-f]{64}$/.test(one.customId)) return [];
    const shown = card.scripts.find(({ digest }) => digest === one.customId)?.text;
    const text = one.value.replace(/\r\n/g, '\n');
    // Discord takes blanks off both ends of what is typed.
    return shown?.trim() === text.trim() ? [] : [{ digest: one.customId, text }];
  });

type SpokenMeaning = Extract<ButtonMeaning, { kind: 'next' | 'ask' | 'show' | 'about' }>;

/** Buttons that say something in the person's place: in the thread of the message that they stand on. */
const say = async (
  { desk, hearing }: ButtonParts,
  { interaction, by, where }: Press,
  meaning: SpokenMeaning,
  { eventId }: Act,
): Promise<Reply> => {
  const { channel } = where;
  const said = (text: string, under: string | null, context: string | null = null) =>
    hearing.hear({
      ...{ surface: 'discord', channel, under, text, context, on: null, by },
      ...{ eventId: eventId ?? interaction.id, isAddressed: true },
    });
  const shown = interaction.message?.flags.has('Ephemeral') ? null : (interaction.message?.id ?? null);
  const under = where.under ?? (where.isDirect ? null : shown);
  switch (meaning.kind) {
    case 'show':
      return replyOf(await said(`#${meaning.task}`, where.under));
    case 'ask':
      return replyOf(await said(meaning.request, where.under));
    case 'about': {
      const request = typedIn(interaction, field.request) ?? '';
      const about = where.under ?? (where.isDirect ? null : meaning.message);
      return replyOf(await said(request, about, typedIn(interaction, field.context)));
    }
    case 'next': {
      const next = (await desk.card(meaning.task))?.followUps[meaning.at];
      if (!next || checkOf(next.request) !== meaning.check)
        return { kind: 'said', sentence: sentence('button_outdated', { number: meaning.task }) };
      return replyOf(await said(next.request, under));
    }
  }
};

const actOnIncident = async (
  { alerts }: ButtonParts,
  meaning: Extract<ButtonMeaning, { incident: number }>,
  act: Act,
  chosen: string | null,
): Promise<Reply> => {
  if (!alerts) return { kind: 'said', sentence: sentence('incident_unknown', { number: meaning.incident }) };
  switch (meaning.kind) {
    case 'acknowledge':
      return toldOf(await alerts.acknowledge(meaning.incident, act));
    case 'unsilence':
      return toldOf(await alerts.unsilence(meaning.incident, act));
    case 'silence':
      return toldOf(await alerts.silence(meaning.incident, { ...act, forMs: meaning.forMs }));
    case 'diagnose':
      return toldOf(await alerts.diagnose(meaning.incident, { ...act, on: meaning.on ?? chosen }));
  }
};
