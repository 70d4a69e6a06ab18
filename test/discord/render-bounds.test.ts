import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../fast-check-seed.ts';
import { bodyOf } from '../../src/discord/chat.ts';
import { escapedTo } from '../../src/discord/escape.ts';
import type { Rendered } from '../../src/discord/layout.ts';
import { render, threadName } from '../../src/discord/render.ts';
import { aboutModal, confirmModal, editModal } from '../../src/discord/render-modal.ts';
import type { ChatContent } from '../../src/ports/chat.ts';
import { anyCard, anyContent, anyListing } from '../chat/any-content.ts';
import { messageFaults, modalFaults } from '../fakes/discord-rules.ts';
import { foreignIn, seenIn } from './discord-reading.ts';
import { foreign as text } from './nasty.ts';

const card = anyCard(text, 'discord');
const file = fc.tuple(text, text).map(([name, title]) => ({
  kind: 'output' as const,
  task: 1042,
  file: { name: `nerdy-1042${name}.txt`, title, bytes: Buffer.from('x') },
}));
const content: fc.Arbitrary<ChatContent> = fc.oneof(
  { arbitrary: anyContent(text, 'discord'), weight: 4 },
  { arbitrary: file, weight: 1 },
);

const faultsOf = (rendered: Rendered): string[] =>
  messageFaults(
    bodyOf(rendered, 1),
    rendered.files.map(({ name, bytes }) => ({ name, bytes: bytes.length })),
  );

const runs = { numRuns: 60 };

describe('whatever a content holds', () => {
  it('no message breaks a rule of Discord, and no name of a thread', () => {
    fc.assert(
      fc.property(content, (one) => {
        expect(faultsOf(render.content(one))).toEqual([]);
        const name = threadName(one);
        expect(name.trim()).not.toBe('');
        expect(name.length).toBeLessThanOrEqual(100);
        expect(name.isWellFormed()).toBe(true);
      }),
      runs,
    );
  });

  it('nothing foreign calls people, links, counts time or becomes an emoji', () => {
    fc.assert(
      fc.property(content, (one) => {
        const rendered = render.content(one);
        expect(rendered.calls).toEqual([]);
        const isSource = (found: string): boolean => one.kind === 'incident' && /^link <https?:/i.test(found);
        const isSince = (found: string): boolean => one.kind === 'incident' && found === 'time <t:0:R>';
        expect(foreignIn(rendered.container).filter((found) => !isSource(found) && !isSince(found))).toEqual(
          [],
        );
      }),
      runs,
    );
  });

  it('no list breaks a rule of Discord or calls anybody', () => {
    fc.assert(
      fc.property(anyListing(text), (listing) => {
        const rendered = render.listing(listing);
        expect(faultsOf(rendered)).toEqual([]);
        expect(foreignIn(rendered.container)).toEqual([]);
      }),
      runs,
    );
  });

  it('no sentence and no form breaks a rule of Discord', () => {
    fc.assert(
      fc.property(card, text, (one, words) => {
        const said = render.said({ text: words || 'x' });
        expect(foreignIn(said.container)).toEqual([]);
        const meaning = { kind: 'approve' as const, task: 1, proposal: 1, digest: 'a'.repeat(64) };
        const forms = [
          editModal(one, 1),
          aboutModal('1', words),
          confirmModal({ ...meaning, canary: true, isTyped: true }, '1042', escapedTo(`Why: ${words}`, 60)),
        ];
        for (const form of forms) if (form) expect(modalFaults(form)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the whole script', () => {
  it('stands wherever a yes can be given: in its message or in a file of it', () => {
    const proposed = card.filter((one) => one.actions.some((action) => action.kind === 'approve'));
    fc.assert(
      fc.property(proposed, (one) => {
        const { container, files } = render.content({ kind: 'card', card: one, isAnew: false });
        const seen = seenIn(container);
        for (const { text: whole } of one.scripts)
          expect(
            files.some(({ bytes }) => bytes.toString() === whole) ||
              seen.includes(whole.replace(/^\n+|\n+$/g, '')),
          ).toBe(true);
      }),
      runs,
    );
  });
});
