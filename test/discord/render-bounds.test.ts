import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../fast-check-seed.ts';
import type { Card } from '../../src/core/card.ts';
import { sentence } from '../../src/core/sentences.ts';
import { bodyOf } from '../../src/discord/chat.ts';
import { escapedTo, plain } from '../../src/discord/escape.ts';
import type { Rendered } from '../../src/discord/layout.ts';
import { render, threadName } from '../../src/discord/render.ts';
import { aboutModal, confirmModal, editModal } from '../../src/discord/render-modal.ts';
import type { ChatContent } from '../../src/ports/chat.ts';
import { incidentWith } from '../slack/more-scenes.ts';
import { cards, demand } from '../slack/scenes.ts';
import { messageFaults, modalFaults } from './component-rules.ts';
import { foreignIn, seenIn } from './discord-reading.ts';
import { foreign as text } from './nasty.ts';

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
    text.filter((one) => one.trim() !== ''),
    fc
      .tuple(text, fc.constantFrom(1, 10, 100, 700))
      .map(([part, times]) => `:${part}\n`.repeat(times).slice(0, 64 * 1024)),
  ),
  lines: fc.array(line, { maxLength: 40 }),
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
  })
  .map((v): Card => {
    const { base } = v;
    return {
      ...base,
      headline: v.headline,
      request: v.request,
      summary: v.summary,
      asker: { ...base.asker, surface: v.targets > 1 ? 'discord' : 'web', name: v.name, id: v.name || '1' },
      targets: Array.from({ length: v.targets }, (_, i) => ({
        name: i % 2 ? v.name : `m${i}`,
        platform: 'linux' as const,
        online: i % 3 > 0,
        labels: v.labels,
      })),
      scripts: v.scripts.map(({ body, lines }, i) => ({
        interpreter: i ? 'powershell' : 'bash',
        platforms: ['linux'],
        // As core makes it of a script.
        text: plain(body),
        hasHidden: plain(body) !== body,
        digest: `${i}`.repeat(64),
        lines: body.split('\n').length,
        risk: {
          ...{ risk: 'dangerous', effects: ['deletes', 'unknown'], lines: lines as never },
          ...{ irreversible: true, unparsed: true },
        },
      })),
      notices: v.notices.map((words) => ({ ...sentence('alone', {}), text: words })),
      decision: base.decision && { ...base.decision, by: v.name, reason: v.reason },
      question: base.question && { text: v.request, options: v.options },
      terms: base.terms && {
        ...base.terms,
        demands: v.names.map((by) => demand({ rule: by, reason: v.reason, by: v.names, names: v.names })),
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

const incident = fc
  .record({ words: text, machines: texts(40), labels, choices: fc.oneof(texts(120), names), link: text })
  .map(({ words, machines, labels: given, choices, link }) => ({
    kind: 'incident' as const,
    isAnew: true,
    incident: incidentWith({
      ...{ headline: words, title: words, source: words, severity: words, summary: words, machines, choices },
      link,
      alerts: machines.map((name) => ({ name, isFiring: true, since: 0, labels: given })),
      more: 7,
      acknowledgedBy: words,
      notices: machines.map((name) => ({ ...sentence('alone', {}), text: name })),
      diagnosis: { task: 1, answer: null, words },
      actions: [...incidentWith().actions, ...choices.map((on) => ({ kind: 'diagnose' as const, on }))],
    }),
  }));

const content: fc.Arbitrary<ChatContent> = fc.oneof(
  fc.tuple(card, fc.boolean()).map(([one, isAnew]) => ({ kind: 'card' as const, card: one, isAnew })),
  fc
    .tuple(card, fc.boolean())
    .map(([one, callsAsker]) => ({ kind: 'answer' as const, card: one, callsAsker })),
  fc.tuple(text, card).map(([words, { asker }]) => ({
    ...{ kind: 'words' as const, task: 1042, asker, text: words, callsAsker: true },
  })),
  fc.tuple(text, text).map(([name, title]) => ({
    kind: 'output' as const,
    task: 1042,
    file: { name: `nerdy-1042${name}.txt`, title, bytes: Buffer.from('x') },
  })),
  incident,
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
    const row = fc.record({
      tone: fc.constantFrom('waiting', 'good') as fc.Arbitrary<'waiting' | 'good'>,
      name: text,
      words: text,
      detail: fc.option(text),
      task: fc.option(fc.integer({ min: 1, max: 9 })),
      request: fc.option(text),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), text, (rows, words) => {
        const rendered = render.listing({ kind: 'tasks', title: words, rows, empty: words, foot: words });
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
