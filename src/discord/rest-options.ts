import type { RESTOptions } from 'discord.js';
import { requestTimeoutMs } from './limits.ts';
import type { DiscordSettings } from './settings.ts';

/** How Discord is called, by us and by the library alike. */
export const restOptions = ({ apiUrl }: Pick<DiscordSettings, 'apiUrl'>): Partial<RESTOptions> => ({
  version: '10',
  timeout: requestTimeoutMs,
  retries: 1,
  // What is posted waits in the publisher, which shows what is true by then; answers to people wait in the library.
  rejectOnRateLimit: ({ route }) => route.startsWith('/channels/'),
  ...(apiUrl === null ? {} : { api: apiUrl.replace(/\/+$/, '') }),
});
