import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../fast-check-seed.ts';
import type { Card } from '../../src/core/card.ts';
import { sentence } from '../../src/core/sentences.ts';
import type { ChatContent } from '../../src/ports/chat.ts';
import { shown as seenAs } from '../../src/slack/escape.ts';
import { renderMessage } from '../../src/slack/render.ts';
import { renderConfirmModal } from '../../src/slack/render-confirm-modal.ts';
import { renderHome } from '../../src/slack/render-home.ts';
import { renderListing } from '../../src/slack/render-listing.ts';
import { renderAskModal, renderEditModal, renderRejectModal } from '../../src/slack/render-modals.ts';
import { messageFaults, viewFaults } from './block-rules.ts';
import { contents, incidentWith } from './more-scenes.ts';
import { cards, demand, machinesNamed } from './scenes.ts';
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
const texts = (maxLength: number) => fc.array(text, { maxLength });
/** As long as a machine's name may be, and as many as a menu could have. */
const names = fc
  .array(fc.constantFrom('m', '메', '"'), { minLength: 100, maxLength: 130 })
  .map((letters) => letters.map((letter, at) => letter.repeat(60) + at));
const labels = fc.dictionary(fc.string({ maxLength: 63 }), text, { maxKeys: 8 });
const count = fc.constantFrom(0, 1, 2, 3, 9, 300, 1_000);
const line = fc.record({
  line: fc.integer({ min: 1, max: 900 }),
  risk: fc.constantFrom('read-only', 'changes', 'dangerous', 'forbidden'),
  why: text,
});

const script = fc.record({
  body: fc.oneof(
    text,
    fc
      .tuple(text, fc.constantFrom(1, 10, 100, 700))
      .map(([part, times]) => `${part}\n`.repeat(times).slice(0, 64 * 1024)),
  ),
  lines: fc.array(line, { maxLength: 40 }),
  hasHidden: fc.boolean(),
});

/** A card of some state whose every text is somebody's. */
const card = fc
  .record({
    base: fc.constantFrom(...Object.values(cards)),
    headline: text,
    request: text,
    summary: fc.option(text),
    name: text,
    labels,
    targets: count,
    runs: count,
    notices: texts(8),
    reason: fc.option(text),
    names: texts(5),
    options: fc.oneof(texts(120), names),
    followUps: texts(9),
    scripts: fc.array(script, { maxLength: 2 }),
    typed: fc.boolean(),
  })
  .map((v): Card => {
    const { base } = v;
    return {
      ...base,
      headline: v.headline,
      request: v.request,
      summary: v.summary,
      asker: { ...base.asker, name: v.name, id: v.name || 'U1' },
      targets: Array.from({ length: v.targets }, (_, i) => ({
        name: i % 2 ? v.name : `m${i}`,
        platform: 'linux' as const,
        online: i % 3 > 0,
        labels: v.labels,
      })),
      scripts: v.scripts.map(({ body, lines, hasHidden }, i) => ({
        interpreter: i ? 'powershell' : 'bash',
        platforms: ['linux'],
        text: body,
        hasHidden,
        digest: `${i}`.repeat(64),
        lines: body.split('\n').length,
        risk: {
          risk: 'dangerous',
          effects: ['deletes', 'unknown'],
          lines: lines as never,
          irreversible: true,
          unparsed: true,
        },
      })),
      notices: v.notices.map((words) => ({ ...sentence('alone', {}), text: words })),
      decision: base.decision && { ...base.decision, by: v.name, reason: v.reason },
      question: base.question && { text: v.request, options: v.options },
      terms: base.terms && {
        ...base.terms,
        demands: v.names.map((by) => demand({ rule: by, reason: v.reason, by: v.names, names: v.names })),
        confirmation: v.typed ? { text: '1042', why: { ...sentence('alone', {}), text: v.request } } : null,
      },
      runs: Array.from({ length: v.runs }, (_, i) => ({
        ...(cards['running-fleet']?.runs[i % 300] as Card['runs'][number]),
        name: v.name,
        sentence: i % 2 ? { ...sentence('alone', {}), text: v.request } : null,
      })),
      followUps: v.followUps.map((request) => ({ label: request, request })),
      actions: [
        ...base.actions.filter((action) => action.kind !== 'choose'),
        ...(base.question ? v.options.map((option) => ({ kind: 'choose' as const, option })) : []),
      ],
      answer: base.answer && {
        ...base.answer,
        words: v.request,
        hosts: Array.from({ length: v.targets }, (_, i) => ({
          agentName: v.name,
          words: v.headline,
          facts: v.names.map((label) => ({ label, value: v.request })),
          evidence: v.notices,
          ok: i % 2 === 0,
        })),
      },
    };
  });

const content: fc.Arbitrary<ChatContent> = fc.oneof(
  fc.tuple(card, fc.boolean()).map(([one, isAnew]) => ({ kind: 'card' as const, card: one, isAnew })),
  fc
    .tuple(card, fc.boolean())
    .map(([one, callsAsker]) => ({ kind: 'answer' as const, card: one, callsAsker })),
  fc.tuple(text, card).map(([words, { asker }]) => ({
    kind: 'words' as const,
    task: 1042,
    asker,
    text: words,
    callsAsker: false,
  })),
  fc
    .record({ words: text, machines: texts(40), labels, choices: fc.oneof(texts(120), names), link: text })
    .map(({ words, machines, labels: given, choices, link }) => ({
      kind: 'incident' as const,
      isAnew: true,
      incident: incidentWith({
        ...{ headline: words, source: words, severity: words, summary: words, machines, choices, link },
        alerts: machines.map((name) => ({ name, isFiring: true, since: 0, labels: given })),
        more: 7,
        acknowledgedBy: words,
        notices: machines.map((name) => ({ ...sentence('alone', {}), text: name })),
        diagnosis: {
          task: 1,
          answer: contents.answer?.kind === 'answer' ? contents.answer.card.answer : null,
          words,
        },
        actions: [...incidentWith().actions, ...machines.map((on) => ({ kind: 'diagnose' as const, on }))],
      }),
    })),
);

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
    const row = fc.record({
      tone: fc.constantFrom('waiting', 'good') as fc.Arbitrary<'waiting' | 'good'>,
      name: text,
      words: text,
      detail: fc.option(text),
      task: fc.option(fc.integer({ min: 1, max: 9_999 })),
      request: fc.option(text),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), text, (rows, words) => {
        const message = renderListing({ kind: 'tasks', title: words, rows, empty: words, foot: words });
        expect(messageFaults(message)).toEqual([]);
        expect([...activeMarkup(message.text), ...callsIn(message.blocks)]).toEqual([]);
      }),
      runs,
    );
  });

  it('no modal and no Home tab breaks a rule of Slack or calls anybody', () => {
    fc.assert(
      fc.property(card, text, texts(30), (one, words, names) => {
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
          renderAskModal({ request: words, machines: names, preview: names, context: words, metadata: '{}' }),
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
