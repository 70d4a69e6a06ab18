import { OAuth2Scopes, PermissionFlagsBits, PermissionsBitField, type PermissionsString } from 'discord.js';

/** What each is for; nothing else is asked of a server's admin. */
const needed = {
  ViewChannel: 'to be where it is mentioned',
  SendMessages: 'to post cards',
  SendMessagesInThreads: 'to answer in the thread under a card',
  CreatePublicThreads: 'to open that thread',
  AttachFiles: 'for output, and for scripts that are longer than a message',
  ReadMessageHistory: 'to find its own card again after a restart',
} as const satisfies Partial<Record<PermissionsString, string>>;

const bits = PermissionsBitField.resolve(Object.keys(needed) as PermissionsString[]);

/** The page on which an admin adds the bot to a server, with the least that it needs. */
export const inviteLink = (application: string): string => {
  const url = new URL('https://discord.com/oauth2/authorize');
  url.searchParams.set('client_id', application);
  url.searchParams.set('scope', [OAuth2Scopes.Bot, OAuth2Scopes.ApplicationsCommands].join(' '));
  url.searchParams.set('permissions', bits.toString());
  return url.href;
};

export interface MissingPermission {
  name: string;
  why: string;
}

/** `SendMessages` as Discord's settings call it. */
const nameOf = (permission: string): string => permission.replace(/(?<=[a-z])(?=[A-Z])/g, ' ');

/** Of what a card can't do without where it should stand. */
export const vitalMissing = (has: bigint, isThread: boolean): string[] => {
  const vital = ['View Channel', isThread ? 'Send Messages In Threads' : 'Send Messages'];
  return missingPermissions(has)
    .map(({ name }) => name)
    .filter((name) => vital.includes(name));
};

/** What is missing of what is needed, as Discord writes a set of permissions. An administrator has all. */
export const missingPermissions = (has: bigint): MissingPermission[] =>
  new PermissionsBitField(has).has(PermissionFlagsBits.Administrator)
    ? []
    : Object.entries(needed)
        .filter(([name]) => !new PermissionsBitField(has).has(name as PermissionsString))
        .map(([name, why]) => ({ name: nameOf(name), why }));
