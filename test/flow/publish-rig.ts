import { policyOf, policyShape } from '../../src/core/policy/read-policy.ts';
import type { Actor, Place } from '../../src/core/task.ts';
import { Publisher, type PublisherParts } from '../../src/flow/publish.ts';
import { SecretRedactor } from '../../src/redaction/secret-redactor.ts';
import type { FakeChat } from './fake-chat.ts';
import { askFor, cardOf, makeRig, type Rig } from './rig.ts';

/** Ada, as the chat knows her. */
export const adaInChat: Actor = { kind: 'person', surface: 'chat', id: 'U1', name: 'Ada' };

const policy = policyOf(
  policyShape.parse({ people: { ada: { role: 'admin', identities: ['web:U1', 'chat:U1'] } }, solo: true }),
);

export const makePublishRig = (): Promise<Rig> => makeRig(undefined, new SecretRedactor(), policy);

/** A publisher on these chats, started. */
export const publishing = (
  rig: Rig,
  chats: readonly FakeChat[],
  incidentCard: PublisherParts['incidentCard'] = async () => null,
): Promise<Publisher> => {
  const { store, terms, clock, log } = rig;
  const surfaces = new Map(chats.map((chat) => [chat.surface, chat] as const));
  return rig.started(new Publisher({ store, terms, clock, log, incidentCard, surfaces }));
};

export const placeIn = (channel: string, thread: string | null = null): Place => ({
  surface: 'chat',
  channel,
  thread,
});

/** Asks in the chat; at a channel's top where no thread is given. */
export const askIn = async (rig: Rig, place = placeIn('C1'), request = 'uptime on db1'): Promise<number> =>
  cardOf(await rig.desk.ask(askFor(request, { place, asker: adaInChat }))).task;

/** Moves the task's revision on, as the progress of its runs does. */
export const nudge = (rig: Rig, task: number) =>
  rig.store.change({ task }, (view) => ({
    result: null,
    writes: view.task ? { task: { ...view.task, revision: view.task.revision + 1 } } : {},
  }));

/** Posts that could be shown now or later. */
export const owed = async (rig: Rig): Promise<string[]> => {
  const ever = Number.MAX_SAFE_INTEGER;
  const channels = await rig.store.channelsBehind(ever);
  const posts = await Promise.all(channels.map((channel) => rig.store.listPostsBehind(channel, ever, 100)));
  return posts.flat().map((post) => post.id);
};
