import { describe, expect, it } from 'vitest';
import type { Card } from '../../src/core/card.ts';

/** What a chat shows of the contents that have a name (contents.ts). */
export interface ShownIn {
  /** All that a person reads, in its order. */
  words(name: string): string;
  buttons(name: string): string[];
  card(name: string): Card;
  /** What follows a button that opens a window. */
  opens: string;
}

/** What people can count on in every chat, whatever it looks like there. */
export const promisesOfCards = ({ words, buttons, card, opens }: ShownIn): void => {
  describe('a card, as in every chat,', () => {
    it('has the whole script, and the beginning of its digest', () => {
      const [script] = card('proposed').scripts;
      expect(words('proposed')).toContain(script?.text.trimEnd());
      expect(words('proposed')).toContain(`sha256:${script?.digest.slice(0, 12)}`);
    });

    it('offers a yes, one machine first where there are several, a no and an edit', () => {
      const others = [`Reject${opens}`, `Edit${opens}`];
      expect(buttons('proposed')).toEqual(['Approve', ...others]);
      expect(buttons('proposed-changes')).toEqual(['Approve for 3 machines', 'Run on one first', ...others]);
    });

    it('says which machine is not there, and counts those of a fleet', () => {
      expect(words('proposed-changes')).toContain('web2 (offline)');
      expect(words('proposed-fleet')).toContain('and 292 more');
    });

    it('has no button but Cancel while it runs, and none once it has ended', () => {
      expect(buttons('running')).toEqual(['Cancel']);
      expect(buttons('running-fleet')).toEqual(['Cancel']);
      const over = ['done', 'done-bad', 'cancelled', 'rejected', 'expired', 'refused'];
      for (const name of ['cancelling', 'answering', ...over]) expect(buttons(name), name).toEqual([]);
    });

    it('says who said yes, and keeps the reason of a no', () => {
      expect(words('running')).toContain('approved by cleo');
      expect(words('rejected')).toContain('the releases are still needed');
    });

    it('asks after the first machine whether to go on', () => {
      expect(buttons('paused')).toEqual(['Run on the other 2', 'Stop here']);
    });

    it('asks for a machine by a button for each of a few, and a menu for many', () => {
      expect(buttons('asking')).toEqual(['db1', 'db2', 'web1', 'Cancel']);
      expect(buttons('asking-many')).toEqual(['Choose a machine', 'Cancel']);
    });

    it('is answered by words, then figures, then the lines that they rest on', () => {
      const seen = words('answer');
      expect(seen.indexOf('db1 has room')).toBeLessThan(seen.indexOf('Available'));
      expect(seen.indexOf('Available')).toBeLessThan(seen.indexOf('Mem:'));
      expect(buttons('answer')).toEqual(['And the disk?', 'What uses the memory?']);
    });
  });
};
