/** The sentences of chat surfaces: what can't be heard, shown or done there. Part of the table in sentences.ts. */
export const chatSentences = {
  surface_missing: (v: { surface: string }) =>
    `This was asked in ${v.surface}, which is not configured on this server any more, so nothing can be shown there. Look at it in the console, or configure ${v.surface} again.`,
} as const;
