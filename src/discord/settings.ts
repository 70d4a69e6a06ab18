import { z } from 'zod';

/** How the server reaches Discord. */
export interface DiscordSettings {
  token: string;
  /** Another base for the API, for gateways and tests; null for Discord's own. */
  apiUrl: string | null;
  /** Commands are registered in this guild alone, where they show at once; null registers them globally. */
  guildId: string | null;
  /** Asks for the privileged intent of message content, with which replies in our threads are heard without a mention. */
  messageContent: boolean;
}

/** `discord:` in nerdyops.yml. */
export const discordShape = z.strictObject({
  /** Its form is Discord's own business, but whoever copied the header's word with it should be told. */
  token: z
    .string()
    .regex(/^(?!Bot\s)\S+$/, 'must be the token alone, as "Reset Token" shows it on the Bot page')
    .optional(),
  apiUrl: z
    .string()
    .refine(
      (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
      'must be a URL that starts with http:// or https://',
    )
    .optional(),
  // YAML reads an unquoted id as a number, and rounds it: another guild's, or nobody's.
  guildId: z
    .string('must be in quotes: as a number it loses its last digits')
    .regex(/^\d{17,20}$/, 'must be the id of a server, 17 to 20 digits ("Copy Server ID")')
    .optional(),
  messageContent: z.boolean('must be true or false').optional(),
});
type DiscordShape = z.infer<typeof discordShape>;

/** What is there by half. */
export const discordProblems = (discord: DiscordShape | undefined): { path: string[]; problem: string }[] => {
  const lone = (['guildId', 'messageContent'] as const).find((key) => discord?.[key] !== undefined);
  if (discord?.token !== undefined || lone === undefined) return [];
  const problem =
    'is there without a token, so Discord is not connected. Set DISCORD_TOKEN beside it (the Bot page of the application)';
  return [{ path: ['discord', lone], problem }];
};

/** Null where Discord is not configured. */
export const discordSettingsOf = (discord: DiscordShape | undefined): DiscordSettings | null =>
  discord?.token === undefined
    ? null
    : {
        token: discord.token,
        apiUrl: discord.apiUrl ?? null,
        guildId: discord.guildId ?? null,
        messageContent: discord.messageContent ?? false,
      };
