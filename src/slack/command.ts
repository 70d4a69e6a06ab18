import type { App } from '@slack/bolt';
import type { Ear } from './ear.ts';
import type { Echoes } from './echoes.ts';
import { renderListing } from './render-listing.ts';
import { sentenceWords } from './say.ts';

/** `/nerdy …`: what it asks for is posted in the channel; lists and refusals are for the person alone. */
export const takeCommands = (app: App, ear: Ear, echoes: Echoes): void => {
  app.command('/nerdy', async ({ command, ack, respond }) => {
    const { channel_id: channel, user_id: user, text, trigger_id: trigger } = command;
    const tell = async (words: Parameters<typeof respond>[0] & object): Promise<void> => {
      await respond({ response_type: 'ephemeral', replace_original: false, ...words });
    };
    const said = { channel, under: null, user, text, isAddressed: true, context: null, on: null };
    await ear.hear(
      { ...said, eventId: `slack:command:${trigger}` },
      {
        // Where we aren't in the channel only this way leads to the person.
        asked: async () => echoes.keep(channel, (sentence) => tell(sentenceWords(sentence))),
        listing: (listing) => tell(renderListing(listing)),
        refused: (sentence) => tell(sentenceWords(sentence)),
      },
    );
    await ack();
  });
};
