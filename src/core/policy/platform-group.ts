/** A chat platform's own group of people, as the configuration names it: `slack-group:S0614TZR7`, `discord-role:<server>/<role>`. */

const surfaces: readonly { pattern: RegExp; surface: string }[] = [
  { pattern: /^slack-group:S[A-Z0-9]{2,20}$/, surface: 'slack' },
  { pattern: /^discord-role:\d{17,20}\/\d{17,20}$/, surface: 'discord' },
];

/** The surface whose group it is; null for what names none. */
export const surfaceOfGroup = (text: string): string | null =>
  surfaces.find(({ pattern }) => pattern.test(text))?.surface ?? null;

export const platformGroupWords =
  'slack-group:<id of a user group, S…> or discord-role:<id of the server>/<id of the role>';
