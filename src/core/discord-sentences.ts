import { andList } from './word-lists.ts';

/** The sentences of Discord alone. Part of the table in sentences.ts. */
export const discordSentences = {
  discord_unreachable: (v: { reason: string }) =>
    `Discord can't be reached (${v.reason}), so nobody is heard there at this moment. The server goes on trying by itself. If it stays so, check this machine's network, and DISCORD_API_URL where it is set.`,
  discord_token_refused: () =>
    'Discord refuses the token, so nobody is heard there. Make a new one with "Reset Token" on the Bot page of the application, set DISCORD_TOKEN to it, and start the server again.',
  discord_intent_missing: () =>
    'Replies in threads are heard only with a mention: the settings ask for message content (discord.messageContent), but the application has not switched it on. Switch "Message Content Intent" on at its Bot page and start again, or take the setting back.',
  discord_role_mentioned: () =>
    'That was my role, and of such a message Discord tells me nothing but the mention. Mention me myself: type @ and choose the name with the picture.',
  discord_permissions_missing_here: (v: { names: readonly string[] }) =>
    `Nothing was asked, because no card could be shown here: I lack ${andList(v.names)} in this channel. Let an admin of the server grant it, or ask in another channel.`,
  discord_permissions_missing_there: (v: { channel: string; names: readonly string[] }) =>
    `Nothing was asked, because no card could be shown in #${v.channel}: I lack ${andList(v.names)} there. Let an admin of the server grant it, or ask in another channel, or here.`,
  discord_channel_gone: () =>
    'The channel in Discord is gone, or I am not let in there any more. The task goes on; look at it in the console.',
  discord_permission_missing: () =>
    'Discord lets me see that channel but not post this there: a permission is missing. The task goes on; look at it in the console, and let an admin of the server grant what `npx nerdy doctor discord` lists.',
  discord_thread_locked: () =>
    'The thread in Discord was locked, so nothing is added there any more. The task goes on; look at it in the console, or let a moderator unlock the thread.',
  discord_person_closed: () =>
    'That person takes no direct messages from me in Discord. They can change it in the privacy settings of a server that we share.',
  discord_post_refused: (v: { reason: string }) =>
    `Discord did not take this message (${v.reason}), so it is not shown there. The task goes on; look at it in the console.`,
  discord_not_configured: () =>
    'Discord is not configured: set DISCORD_TOKEN to the token of your application (its Bot page). docs/discord.md tells how to make one.',
  discord_in_no_server: (v: { link: string }) =>
    `The bot is in no server yet. Open ${v.link} and choose one.`,
  discord_server_lacks: (v: { server: string; missing: readonly string[]; link: string }) =>
    `In the server "${v.server}" the bot lacks ${andList(v.missing)}. Open ${v.link} again, or let an admin of the server grant it.`,
  discord_guild_astray: (v: { guild: string }) =>
    `The bot is not in the server ${v.guild} that DISCORD_GUILD_ID names, so its commands are nowhere. Add it there, or take the setting away.`,
  discord_commands_missing: (v: { where: string }) =>
    `/nerdy is not registered ${v.where} as this version has it. The server does it when it starts: start it, and look at its log if this stays.`,
  discord_starts_scarce: (v: { left: number; of: number }) =>
    `Discord takes only ${v.left} more starts of ${v.of} today: something starts again and again. Look at the server's log, and whether two servers use this token.`,
} as const;
