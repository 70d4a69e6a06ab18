import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../fast-check-seed.ts';
import { shown as seenAs } from '../../src/slack/escape.ts';
import { renderMessage } from '../../src/slack/render.ts';
import { renderConfirmModal } from '../../src/slack/render-confirm-modal.ts';
import { renderHome } from '../../src/slack/render-home.ts';
import { renderListing } from '../../src/slack/render-listing.ts';
import { renderAskModal, renderEditModal, renderRejectModal } from '../../src/slack/render-modals.ts';
import { anyCard, anyContent, anyListing } from '../chat/any-content.ts';
import { machinesNamed } from '../chat/cards.ts';
import { messageFaults, viewFaults } from './block-rules.ts';
import { wordsOf } from './seen.ts';
import { activeMarkup, callsIn } from './slack-reading.ts';

/** What people and machines can write to hurt a chat. */
const nasty = [
  '<!channel> <!here> <!everyone>',
  '<@U123ABC> <#C123ABC> <!subteam^S123>',
  '<https://evil.example|click here>',
  'https://evil.example www.evil.example evil.example a@evil.example',
  '&lt;!channel&gt; &amp;lt;!channel&amp;gt;',
  '@channel @here @everyone #general',
  '*bold* _italic_ ~gone~ `code` ```fence```',
  '\n```\nx\n',
  ':skull: :white_check_mark: :no_entry:',
  '> quoted\n- listed\n• listed',
  '\u202Eevil\u202C \u200B\u2060\uFEFF',
  'half \uD83D of a pair, and \uDE00',
  'NUL \0 and \u001B[31mred',
  'line\r\nline\rline',
  '',
  ' ',
  '\n\n',
  '메모리를 확인해 주세요',
  'تحقق من الذاكرة',
  '👩‍👩‍👧‍👦🏳️‍🌈🇰🇷',
  '<!date^0^{date}|x>',
  '{"type":"user","user_id":"U1"}',
];

const text = fc.oneof(
  fc.constantFrom(...nasty),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .tuple(fc.constantFrom(...nasty), fc.integer({ min: 1, max: 800 }))
    .map(([part, times]) => part.repeat(times)),
);
const card = anyCard(text, 'slack');
const content = anyContent(text, 'slack');

const runs = { numRuns: 150 };

describe('whatever a content holds', () => {
  it('no message breaks a rule of Slack', () => {
    fc.assert(
      fc.property(content, (one) => {
        expect(messageFaults(renderMessage(one))).toEqual([]);
      }),
      runs,
    );
  });

  it('nothing foreign calls people, links, formats or becomes an emoji', () => {
    fc.assert(
      fc.property(content, (one) => {
        const message = renderMessage(one);
        expect(activeMarkup(message.text)).toEqual([]);
        const calls = callsIn(message.blocks);
        const mayCall = (one.kind === 'answer' || one.kind === 'words') && one.callsAsker;
        expect(calls.filter((call) => !(mayCall && call.startsWith('user ')))).toEqual(
          calls.filter((call) => call.startsWith('link ') && one.kind === 'incident'),
        );
      }),
      runs,
    );
  });

  it('no list breaks a rule of Slack or calls anybody', () => {
    fc.assert(
      fc.property(anyListing(text), (listing) => {
        const message = renderListing(listing);
        expect(messageFaults(message)).toEqual([]);
        expect([...activeMarkup(message.text), ...callsIn(message.blocks)]).toEqual([]);
      }),
      runs,
    );
  });

  it('no modal and no Home tab breaks a rule of Slack or calls anybody', () => {
    fc.assert(
      fc.property(card, text, fc.array(text, { maxLength: 30 }), (one, words, names) => {
        const about = {
          task: one.task,
          proposal: one.proposal?.revision ?? 1,
          digest: one.proposal?.digest ?? 'd',
        };
        const views = [
          renderRejectModal(one),
          renderEditModal(one),
          renderConfirmModal(one, { kind: 'read', ...about }),
          renderConfirmModal(one, { kind: 'approve', ...about, canary: true, isTyped: true }),
          renderAskModal({ request: words, machines: names, preview: words, context: words, metadata: '{}' }),
          renderHome({
            waiting: [one, one],
            asked: names.length > 9 ? Array.from({ length: 30 }, () => one) : [],
            machines: machinesNamed(names).map(({ name }) => ({ name, online: false, busy: words })),
            usage: names.map((label) => ({ label, value: words })),
            trouble: words,
          }),
        ].filter((view) => view !== null);
        for (const view of views) {
          expect(viewFaults(view)).toEqual([]);
          expect(callsIn(view.blocks)).toEqual([]);
        }
      }),
      { numRuns: 80 },
    );
  });
});

describe('the whole script', () => {
  /** Blanks and line ends may stand between two blocks. */
  const bare = (words: string): string => words.replace(/[\s\d│~!✗]+/g, '');

  it('stands wherever a yes can be given', () => {
    const proposed = card.filter((one) => one.actions.some((action) => action.kind === 'approve'));
    fc.assert(
      fc.property(proposed, (one) => {
        const { blocks } = renderMessage({ kind: 'card', card: one, isAnew: false });
        if (JSON.stringify(blocks).includes('nerdy.approve.'))
          for (const { text: whole } of one.scripts)
            expect(bare(wordsOf(blocks))).toContain(bare(seenAs(whole)));
        const about = {
          task: one.task,
          proposal: one.proposal?.revision ?? 1,
          digest: one.proposal?.digest ?? 'd',
        };
        const view = renderConfirmModal(one, { kind: 'read', ...about });
        if (view?.submit)
          for (const { text: whole } of one.scripts)
            expect(bare(wordsOf(view.blocks))).toContain(bare(seenAs(whole)));
      }),
      runs,
    );
  });
});
