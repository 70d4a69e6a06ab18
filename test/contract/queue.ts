import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Queue } from '../../src/ports/queue.ts';

/** One implementation under test, empty and not started. */
export interface QueueRig {
  queue: Queue;
  dispose(): Promise<void>;
}

const entriesOf = (agentId: string, ...runIds: string[]) => runIds.map((runId) => ({ agentId, runId }));

/** Resolves at the first ring for the agent; to be called before the push. */
const ringOf = (queue: Queue, agentId: string): Promise<void> =>
  new Promise((resolve) => {
    const end = queue.onPush(agentId, () => {
      end();
      resolve();
    });
  });

/** What every queue promises (src/ports/queue.ts). */
export const queueContract = (name: string, make: () => Promise<QueueRig>): void => {
  describe(`${name}: the contract of a queue`, () => {
    let rig: QueueRig;
    let queue: Queue;
    beforeEach(async () => {
      rig = await make();
      queue = rig.queue;
      await queue.start();
    });
    afterEach(async () => {
      await queue.stop();
      await rig.dispose();
    });

    it('gives each agent its own ids, first pushed first', async () => {
      await queue.push([...entriesOf('a', 'r1', 'r2'), ...entriesOf('b', 's1'), ...entriesOf('a', 'r3')]);
      await queue.push(entriesOf('a', 'r0'));
      expect(await queue.take('a', 2)).toEqual(['r1', 'r2']);
      expect(await queue.take('a', 10)).toEqual(['r3', 'r0']);
      expect(await queue.take('a', 10)).toEqual([]);
      expect(await queue.take('b', 10)).toEqual(['s1']);
      expect(await queue.take('c', 10)).toEqual([]);
    });

    it('takes none when none is asked for', async () => {
      await queue.push(entriesOf('a', 'r1'));
      expect(await queue.take('a', 0)).toEqual([]);
      expect(await queue.take('a', 1)).toEqual(['r1']);
    });

    it('keeps the order of a push of thousands', async () => {
      const ids = Array.from({ length: 2_500 }, (_, i) => `run ${i}`);
      await queue.push(entriesOf('a', ...ids));
      expect(await queue.take('a', 10_000)).toEqual(ids);
    });

    it('changes nothing by a push of an id that waits or is in flight', async () => {
      await queue.push(entriesOf('a', 'r1', 'r2', 'r1'));
      await queue.push(entriesOf('a', 'r2', 'r1'));
      expect(await queue.take('a', 1)).toEqual(['r1']);
      await queue.push(entriesOf('a', 'r1', 'r3'));
      expect(await queue.take('a', 10)).toEqual(['r2', 'r3']);
    });

    it('lets go of settled ids, waiting or in flight, so that they may be pushed anew', async () => {
      await queue.push(entriesOf('a', 'r1', 'r2', 'r3'));
      await queue.take('a', 1);
      await queue.settle('a', ['r1', 'r2', 'never pushed']);
      await queue.settle('b', ['r3']);
      await queue.settle('a', []);
      await queue.giveBack('a');
      expect(await queue.take('a', 10)).toEqual(['r3']);
      await queue.push(entriesOf('a', 'r1'));
      expect(await queue.take('a', 10)).toEqual(['r1']);
    });

    it('puts what was in flight back at the head, in its order', async () => {
      await queue.push(entriesOf('a', 'r1', 'r2', 'r3', 'r4'));
      await queue.take('a', 2);
      await queue.take('a', 1);
      await queue.push(entriesOf('a', 'r5'));
      await queue.giveBack('a');
      await queue.giveBack('a');
      await queue.giveBack('b');
      expect(await queue.take('a', 10)).toEqual(['r1', 'r2', 'r3', 'r4', 'r5']);
    });

    it('gives no id to two takers', async () => {
      const ids = Array.from({ length: 100 }, (_, i) => `r${i}`);
      await queue.push(entriesOf('a', ...ids));
      const taken = await Promise.all(Array.from({ length: 30 }, () => queue.take('a', 5)));
      expect(taken.flat().sort()).toEqual(ids.sort());
    });

    it('rings for each who listens to the agent, once the ids can be taken', async () => {
      const taken: string[][] = [];
      const first = ringOf(queue, 'a');
      const second = ringOf(queue, 'a').then(async () => {
        taken.push(await queue.take('a', 10));
      });
      await queue.push(entriesOf('a', 'r1'));
      await Promise.all([first, second]);
      expect(taken).toEqual([['r1']]);
    });

    it('rings no more for who has ended listening, and survives a listener that throws', async () => {
      let rung = 0;
      const end = queue.onPush('a', () => rung++);
      queue.onPush('a', () => {
        throw new Error('not my day');
      });
      end();
      end();
      const before = rung;
      const heard = ringOf(queue, 'a');
      await queue.push(entriesOf('a', 'r1'));
      await heard;
      expect(rung).toBe(before);
    });

    it('is ready from start to stop, stops twice, and rejects when it is stopped', async () => {
      expect(queue.isReady()).toBe(true);
      await queue.stop();
      await queue.stop();
      expect(queue.isReady()).toBe(false);
      for (const call of [
        queue.push(entriesOf('a', 'r1')),
        queue.take('a', 1),
        queue.settle('a', ['r1']),
        queue.giveBack('a'),
      ]) {
        await expect(call).rejects.toMatchObject({ code: 'queue_unavailable' });
      }
    });

    it('stops without having been started', async () => {
      const other = await make();
      await other.queue.stop();
      await other.dispose();
    });
  });
};
