/** The sentences of alerts and incidents. Part of the table in sentences.ts. */
export const alertSentences = {
  incident_unknown: (v: { number: number }) =>
    `There is no incident !${v.number}. \`npx nerdy alerts\` lists those that are open.`,
} as const;
