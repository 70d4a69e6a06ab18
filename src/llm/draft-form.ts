import { z } from 'zod';
import { Language } from '../core/language.ts';
import { Platform } from '../core/task.ts';
import { replyCharsMax } from './limits.ts';
import type { ReplyForm } from './model-client.ts';
import type { Reply } from './reply.ts';
import { jsonIn } from './script-text.ts';

/**
 * What a model is asked for. One flat object with every field required: OpenAI's strict mode takes no union at the
 * root and no optional fields (https://platform.openai.com/docs/guides/structured-outputs).
 */
const asked = z.object({
  kind: z.enum(['scripts', 'cannot']),
  scripts: z.array(
    z.object({
      platform: z.enum([Platform.linux, Platform.macos, Platform.windows]),
      text: z.string().describe('The whole script, raw, without Markdown.'),
    }),
  ),
  summary: z.string().describe('One or two sentences: what the script does, in the language of the request.'),
  language: z
    .enum([Language.en, Language.fr, Language.de, Language.ko])
    .describe('The language of the request.'),
  why: z.string().describe('For "cannot": one sentence that says why. Empty for "scripts".'),
});

/** What is accepted. Modes without a strict schema leave out what is empty and vary the case. */
const accepted = z.object({
  kind: z.enum(['scripts', 'cannot']),
  scripts: z
    .array(z.object({ platform: z.string().transform((p) => p.trim().toLowerCase()), text: z.string() }))
    .nullish()
    .transform((scripts) => scripts ?? []),
  summary: z.string().catch(''),
  language: z.enum([Language.en, Language.fr, Language.de, Language.ko]).nullable().catch(null),
  why: z.string().catch(''),
});

/** A model's draft in its form, its contents not yet checked. `language` is null where it names none of ours. */
export type DraftReply = z.output<typeof accepted>;

const { $schema: _, ...schema } = z.toJSONSchema(asked);

const draftIn = (reply: Reply): DraftReply | null => {
  if (reply.text.length > replyCharsMax) return null;
  const value = typeof reply.toolArguments === 'object' ? reply.toolArguments : null;
  const parsed = accepted.safeParse(value ?? jsonIn(reply.text));
  return parsed.success ? parsed.data : null;
};

/** The form of a draft, for `ModelClient.fill`. */
export const draftForm: ReplyForm<DraftReply> = {
  name: 'draft',
  description: 'Hands over the scripts, or says why there are none.',
  schema,
  read: draftIn,
};
