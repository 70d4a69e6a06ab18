import { App } from '@slack/bolt';
import type { ChatAdapter, ChatParts, MakeChat } from '../flow/chat-adapter.ts';
import { takeAskModal } from './ask-modal.ts';
import { Assistant } from './assistant.ts';
import { boltLog } from './bolt-log.ts';
import { takeClicks } from './buttons.ts';
import { SlackSurface } from './chat.ts';
import { takeCommands } from './command.ts';
import { SlackConnection } from './connection.ts';
import { type Delivery, deliver } from './deliver.ts';
import { Directs } from './directs.ts';
import { Ear } from './ear.ts';
import { Echoes } from './echoes.ts';
import { Errands } from './errands.ts';
import { SlackGroups } from './groups.ts';
import { Health } from './health.ts';
import { Home } from './home.ts';
import { httpDoor } from './http-door.ts';
import { listen } from './mention.ts';
import { Modals } from './modals.ts';
import { Once } from './once.ts';
import { People } from './people.ts';
import { Say } from './say.ts';
import { Self } from './self.ts';
import type { SlackSettings } from './settings.ts';
import { Socket } from './socket.ts';
import { Streams } from './streams.ts';
import { clientOptions, SlackWeb } from './web.ts';

/** Slack as one of the chats: wires its parts, decides nothing. */
export const slackSurface =
  (settings: SlackSettings): MakeChat =>
  (parts) => {
    const { clock, log } = parts;
    const web = new SlackWeb({ token: settings.botToken, apiUrl: settings.apiUrl, clock, log });
    const self = new Self(web);
    const health = new Health();
    const say = new Say({ web, clock, log });
    const echoes = new Echoes(clock);
    const errands = new Errands(log);
    const streams = new Streams({ web, clock, team: () => self.known?.team ?? null });
    const surface = new SlackSurface({
      web,
      streams,
      say,
      health,
      echoes,
      clock,
      log,
      bot: () => self.known?.bot ?? null,
    });
    const app = boltApp(settings, self, parts);
    const people = new People({ web, clock });
    const once = new Once(clock);
    const directs = new Directs({ web, clock });
    const us = (): string | null => self.known?.user ?? null;
    const ear = new Ear({ hearing: parts.hearing, people, once, errands, say, us });
    const assistant = new Assistant({ ...parts, web, errands });
    assistant.take(app);
    listen(app, ear, (direct) => assistant.onDirect(direct));
    takeCommands(app, ear, echoes);
    const modals = new Modals({ ...parts, web, people, once, errands });
    modals.take(app);
    takeAskModal(app, { ...parts, web, ear, directs, errands, echoes, modals });
    takeClicks(app, { ...parts, ear, directs, once, errands, say, modals });
    const onDelivery = (delivery: Delivery) => deliver(app, delivery, parts);
    const socket =
      settings.appToken === null
        ? null
        : new Socket({ appToken: settings.appToken, apiUrl: settings.apiUrl, clock, log, onDelivery });
    const groups = new SlackGroups({ ...parts, web });
    const home = new Home({ ...parts, web, people, errands, trouble: () => connection.trouble() });
    home.take(app);
    for (const event of ['subteam_created', 'subteam_updated', 'subteam_members_changed'] as const) {
      app.event(event, async () => errands.run('looking at the user groups', () => groups.refresh()));
    }
    const beside = [groups, home];
    const connection: SlackConnection = new SlackConnection({
      self,
      socket,
      health,
      errands,
      clock,
      log,
      beside,
    });
    return { surface, connection, groups, route: routeOf(settings, parts, connection, onDelivery) };
  };

const boltApp = (settings: SlackSettings, self: Self, { log }: ChatParts): App =>
  new App({
    // The ways in are ours (socket.ts, http-door.ts): Bolt's own acknowledge events before anybody has seen them.
    receiver: { init: () => {}, start: async () => {}, stop: async () => {} },
    authorize: async () => ({
      botToken: settings.botToken,
      ...(self.known ? { botUserId: self.known.user, botId: self.known.bot, teamId: self.known.team } : {}),
    }),
    clientOptions: clientOptions(settings.apiUrl, log),
    logger: boltLog(log),
    convoStore: false,
  });

const routeOf = (
  { appToken, signingSecret }: SlackSettings,
  { clock, log }: ChatParts,
  connection: SlackConnection,
  onDelivery: (delivery: Delivery) => ReturnType<typeof deliver>,
): ChatAdapter['route'] => {
  if (appToken !== null || signingSecret === null) return null;
  return httpDoor({ signingSecret, clock, log, onDelivery, isOpen: () => connection.isOpen });
};
