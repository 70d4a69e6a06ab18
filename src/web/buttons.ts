import { z } from 'zod';
import type { Card } from '../core/card.ts';
import { wishOf } from '../core/keep-fields.ts';
import { sentence } from '../core/sentences.ts';
import type { Act, Desk, Outcome } from '../flow/desk.ts';
import { invalidInput } from './chat.ts';
import { keepTextCharsMax, reasonCharsMax } from './limits.ts';

const revision = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const approveShape = z.object({
  proposal: revision,
  digest,
  canary: z.enum(['yes', 'no']),
  confirm: z
    .string()
    .max(64)
    .optional()
    .transform((typed) => typed?.trim() || null),
});
const rejectShape = z.object({
  reason: z
    .string()
    .max(reasonCharsMax)
    .optional()
    .transform((reason) => (reason?.trim() ? reason.trim() : null)),
});
const editShape = z.object({ proposal: revision }).catchall(z.string());
const chooseShape = z.object({ option: z.string().min(1) });

const keepText = z.string().max(keepTextCharsMax).default('');
const keepShape = z.object({
  ...{ name: keepText, title: keepText, summary: keepText, examples: keepText, parameters: keepText },
});

const nothing = z.object({});

type Verb = (desk: Desk, task: number, body: unknown, act: Act) => Promise<Outcome>;

/** Reads the form, then acts; a form that can't be read is refused in words. */
const verb =
  <T>(shape: z.ZodType<T>, act: (desk: Desk, task: number, form: T, by: Act) => Promise<Outcome>): Verb =>
  async (desk, task, body, by) => {
    const form = shape.safeParse(body ?? {});
    return form.success
      ? act(desk, task, form.data, by)
      : { kind: 'refused', sentence: invalidInput(form.error) };
  };

/** What each button of a card does, by the last part of its address. */
export const decisions: Readonly<Record<string, Verb>> = {
  approve: verb(approveShape, (desk, task, form, act) =>
    desk.approve(task, {
      ...act,
      proposal: form.proposal,
      digest: form.digest,
      canary: form.canary === 'yes',
      confirm: form.confirm,
    }),
  ),
  reject: verb(rejectShape, (desk, task, form, act) => desk.reject(task, { ...act, reason: form.reason })),
  edit: verb(editShape, async (desk, task, form, act) => {
    const card = await desk.card(task);
    if (!card) return { kind: 'refused', sentence: sentence('task_unknown', { number: task }) };
    const texts = changedTexts(card, form);
    if (texts.length === 0) return { kind: 'done', card };
    return desk.edit(task, { ...act, proposal: form.proposal, texts });
  }),
  choose: verb(chooseShape, (desk, task, form, act) => desk.choose(task, { ...act, option: form.option })),
  keep: verb(keepShape, (desk, task, form, act) =>
    desk.keep(task, { ...act, wish: wishOf((name) => form[name]) }),
  ),
  cancel: verb(nothing, (desk, task, _form, act) => desk.cancel(task, act)),
  continue: verb(nothing, (desk, task, _form, act) => desk.continue(task, act)),
  stop: verb(nothing, (desk, task, _form, act) => desk.stop(task, act)),
};

const fieldPrefix = 'text:';

/**
 * The texts that were really changed: a browser sends every field, with line ends of its own (HTML says CR LF), and
 * an unchanged text must stay the same script with the same digest. A digest that the card doesn't have any more
 * goes to the desk, which says that the card is outdated.
 */
const changedTexts = (card: Card, form: Record<string, unknown>): { digest: string; text: string }[] => {
  const texts: { digest: string; text: string }[] = [];
  for (const [name, value] of Object.entries(form)) {
    if (!name.startsWith(fieldPrefix) || typeof value !== 'string') continue;
    const old = name.slice(fieldPrefix.length);
    const text = value.replace(/\r\n/g, '\n');
    const shown = card.scripts.find((s) => s.digest === old)?.text;
    if (shown === undefined || withoutOuterNewlines(shown) !== withoutOuterNewlines(text)) {
      texts.push({ digest: old, text });
    }
  }
  return texts;
};

/** HTML drops a newline that begins a text field, and a script's last one is closed again by the desk. */
const withoutOuterNewlines = (text: string): string => text.replace(/^\n/, '').replace(/\n+$/, '');
