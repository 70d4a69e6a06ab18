import { describe, expect, it } from 'vitest';
import type { Post, Store } from '../../src/ports/store.ts';
import { aPost, createTask, moveTo, somePlace } from './store-rows.ts';

const { surface, channel } = somePlace;

/** Writes a post as it was and `over` on top. */
const writeTo = (store: Store, id: string, over: Partial<Post> = {}, task = 1001): Promise<void> =>
  store.change({ post: id }, ({ post }) => ({
    result: undefined,
    writes: { posts: [{ ...aPost(id, task), ...post, ...over }] },
  }));

const incident = (number: number): Pick<Post, 'part' | 'subject'> => ({
  part: 'incident',
  subject: { kind: 'incident', number },
});

/** What every store keeps of the messages that show its tasks. */
export const postContract = (current: () => { store: Store }): void => {
  describe('posts', () => {
    const behind = async (now = 0, limit = 10) =>
      (await current().store.listPostsBehind({ surface, channel }, now, limit)).map((p) => p.id);

    it('are listed while they show less than their task, when they may be tried', async () => {
      const { store } = current();
      await createTask(store);
      await writeTo(store, 'p1');
      await writeTo(store, 'p2', { shownRevision: 1 });
      expect(await behind()).toEqual(['p1']);
      await writeTo(store, 'p1', { shownRevision: 1, messageId: 'm', messageChannel: 'c' });
      expect(await behind()).toEqual([]);
      await moveTo(store, 1001, {});
      expect(await behind()).toEqual(['p1', 'p2']);
      await writeTo(store, 'p1', { retryAt: 100 });
      expect(await behind(99)).toEqual(['p2']);
      expect(await behind(100)).toEqual(['p1', 'p2']);
      await writeTo(store, 'p2', { gone: 'the channel was deleted' });
      await moveTo(store, 1001, {});
      expect(await behind(100)).toEqual(['p1']);
      await writeTo(store, 'p1', { shownRevision: 3 });
      expect(await behind(100)).toEqual([]);
    });

    it('stay behind where the task moved on while they were shown', async () => {
      const { store } = current();
      await createTask(store);
      await writeTo(store, 'p1');
      for (let i = 0; i < 3; i++) await moveTo(store, 1001, {});
      await writeTo(store, 'p1', { shownRevision: 3 });
      expect(await behind()).toEqual(['p1']);
      await writeTo(store, 'p1', { shownRevision: 4 });
      expect(await behind()).toEqual([]);
    });

    it('of one channel are listed oldest first, those of one moment by their task, as many as are asked for', async () => {
      const { store } = current();
      for (let i = 0; i < 3; i++) await createTask(store);
      await writeTo(store, 'a', { createdAt: 7 }, 1003);
      await writeTo(store, 'b', { createdAt: 7 }, 1002);
      await writeTo(store, 'c', { createdAt: 5 });
      await writeTo(store, 'd', { place: { ...somePlace, channel: 'C2' } });
      expect(await behind()).toEqual(['c', 'b', 'a']);
      expect(await behind(0, 2)).toEqual(['c', 'b']);
    });

    it('tell in which channels something is to be shown now', async () => {
      const { store } = current();
      await createTask(store);
      for (const [id, retryAt, where] of [
        ['p1', 0, 'C2'],
        ['p2', 0, 'C1'],
        ['p3', 50, 'C3'],
        ['p4', 0, 'C1'],
      ] as const) {
        await writeTo(store, id, { retryAt, place: { ...somePlace, channel: where } });
      }
      const channels = async (now: number) => (await store.channelsBehind(now)).map((c) => c.channel);
      expect(await channels(0)).toEqual(['C1', 'C2']);
      expect(await channels(50)).toEqual(['C1', 'C2', 'C3']);
    });

    it('of one task are listed whole, oldest first, and shown to a change that asks for them', async () => {
      const { store } = current();
      await createTask(store);
      await createTask(store);
      const place = { surface: 'discord', channel: 'C9', thread: null };
      const whole = { place, timesAnew: 2, isQuiet: true, messageId: 'm', messageChannel: 'x', retryAt: 4 };
      await writeTo(store, 'p2', { ...whole, createdAt: 2, part: 'output', gone: 'no such channel' });
      await writeTo(store, 'p1');
      await writeTo(store, 'p3', {}, 1002);
      const listed = await store.listPosts({ kind: 'task', number: 1001 });
      expect(listed.map((p) => p.id)).toEqual(['p1', 'p2']);
      expect(listed[1]).toEqual({
        ...aPost('p2', 1001),
        ...whole,
        createdAt: 2,
        part: 'output',
        gone: 'no such channel',
      });
      const seen = await store.change({ task: 1001, allPosts: true }, ({ posts }) => ({ result: posts }));
      expect(seen).toEqual(listed);
      expect(await store.getPost('p3')).toMatchObject({ subject: { number: 1002 } });
      expect(await store.getPost('none')).toBeNull();
    });

    it('of which several are written in one change are all there, or none', async () => {
      const { store } = current();
      await createTask(store);
      await writeTo(store, 'p1');
      await store.change({ task: 1001, allPosts: true }, ({ posts }) => ({
        result: null,
        writes: { posts: [...posts.map((p) => ({ ...p, shownRevision: 1 })), aPost('p2', 1001)] },
      }));
      expect(await behind()).toEqual(['p2']);
      const failing = store.change({}, () => ({
        result: null,
        writes: { posts: [aPost('p3', 1001), aPost('p1', 1001)] },
      }));
      await expect(failing).rejects.toThrow();
      expect(await store.getPost('p3')).toBeNull();
    });

    it('are found by their message, of that surface and channel alone', async () => {
      const { store } = current();
      await createTask(store);
      await writeTo(store, 'p1', { messageId: 'm1', messageChannel: 'C1' });
      expect(await store.findPost(surface, { channel: 'C1', id: 'm1' })).toMatchObject({ id: 'p1' });
      expect(await store.findPost('other', { channel: 'C1', id: 'm1' })).toBeNull();
      expect(await store.findPost(surface, { channel: 'C2', id: 'm1' })).toBeNull();
      expect(await store.findPost(surface, { channel: 'C1', id: 'm2' })).toBeNull();
    });

    it('are news when they are given up and when they are wanted again, and not when they are shown', async () => {
      const { store } = current();
      await createTask(store);
      await writeTo(store, 'p1');
      const told: number[][] = [];
      const end = store.onCommit(({ tasks }) => told.push([...tasks]));
      await writeTo(store, 'p1', { shownRevision: 1 });
      await writeTo(store, 'p1', { gone: 'the channel was deleted' });
      await writeTo(store, 'p1', { gone: null, shownRevision: 0 });
      await writeTo(store, 'p1', { timesAnew: 1 });
      end();
      expect(told).toEqual([[1001], [1001], [1001]]);
      expect(await behind()).toEqual(['p1']);
    });

    it('are news when they are refused, and again only when the reason is another or they are taken', async () => {
      const { store } = current();
      await createTask(store);
      await writeTo(store, 'p1');
      const told: number[][] = [];
      const end = store.onCommit(({ tasks }) => told.push([...tasks]));
      const refused = { since: 7, reason: 'The platform says no.' };
      await writeTo(store, 'p1', { refused });
      expect(await store.getPost('p1')).toMatchObject({ refused });
      await writeTo(store, 'p1', { retryAt: 9 });
      await writeTo(store, 'p1', { refused: null });
      end();
      expect(told).toEqual([[1001], [1001]]);
      expect(await store.getPost('p1')).toMatchObject({ refused: null });
    });

    it('that are given up because their channel is closed to us are listed by it, newest first', async () => {
      const { store } = current();
      await createTask(store);
      const shut = { gone: 'We are not in this channel.', isShut: true };
      await writeTo(store, 'p1', { ...shut, createdAt: 1 });
      await writeTo(store, 'p2', { ...shut, createdAt: 2 });
      await writeTo(store, 'p3', { gone: 'It was deleted.' });
      await writeTo(store, 'p4', { ...shut, place: { ...somePlace, channel: 'C2' } });
      const listed = async (limit = 10) =>
        (await store.listPostsShut({ surface, channel }, limit)).map((p) => p.id);
      expect(await listed()).toEqual(['p2', 'p1']);
      expect(await listed(1)).toEqual(['p2']);
      await writeTo(store, 'p2', { gone: null, isShut: false });
      expect(await listed()).toEqual(['p1']);
    });

    it('may show an incident, and are told as news of it', async () => {
      const { store } = current();
      const told: ReadonlySet<number>[] = [];
      const end = store.onCommit(({ incidents }) => told.push(incidents));
      await writeTo(store, 'p1', incident(17));
      end();
      expect(told).toEqual([new Set([17])]);
      expect(await behind()).toEqual(['p1']);
      await writeTo(store, 'p1', { shownRevision: 1 });
      expect(await behind()).toEqual([]);
      expect(await store.listPosts({ kind: 'incident', number: 17 })).toMatchObject([incident(17)]);
      expect(await store.listPosts({ kind: 'task', number: 17 })).toEqual([]);
    });
  });
};
