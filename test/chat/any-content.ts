import fc from 'fast-check';
import type { Card } from '../../src/core/card.ts';
import type { Listing } from '../../src/core/listing.ts';
import { sentence } from '../../src/core/sentences.ts';
import { visible } from '../../src/core/visible.ts';
import type { ChatContent } from '../../src/ports/chat.ts';
import { cards, demand } from './cards.ts';
import { contents, incidentWith } from './contents.ts';

type Text = fc.Arbitrary<string>;

const textsOf = (text: Text, maxLength: number) => fc.array(text, { maxLength });
/** As long as a machine's name may be, and as many as a menu could have. */
const names = fc
  .array(fc.constantFrom('m', '메', '"'), { minLength: 100, maxLength: 130 })
  .map((letters) => letters.map((letter, at) => letter.repeat(60) + at));
const labelsOf = (text: Text) => fc.dictionary(fc.string({ maxLength: 63 }), text, { maxKeys: 8 });
const count = fc.constantFrom(0, 1, 2, 3, 9, 300, 1_000);
const lineOf = (text: Text) =>
  fc.record({
    line: fc.integer({ min: 1, max: 900 }),
    risk: fc.constantFrom('read-only', 'changes', 'dangerous', 'forbidden'),
    why: text,
  });
const scriptOf = (text: Text) =>
  fc.record({
    body: fc.oneof(
      text.filter((one) => one.trim() !== ''),
      fc
        .tuple(text, fc.constantFrom(1, 10, 100, 700))
        .map(([part, times]) => `:${part}\n`.repeat(times).slice(0, 64 * 1024)),
    ),
    lines: fc.array(lineOf(text), { maxLength: 40 }),
  });

const partsOf = (text: Text) =>
  fc.record({
    base: fc.constantFrom(...Object.values(cards)),
    headline: text,
    request: text,
    summary: fc.option(text),
    name: text,
    labels: labelsOf(text),
    targets: count,
    runs: count,
    notices: textsOf(text, 8),
    reason: fc.option(text),
    names: textsOf(text, 5),
    options: fc.oneof(textsOf(text, 120), names),
    followUps: textsOf(text, 9),
    scripts: fc.array(scriptOf(text), { maxLength: 2 }),
    typed: fc.boolean(),
  });
type Parts = ReturnType<typeof partsOf> extends fc.Arbitrary<infer P> ? P : never;

const cardFrom = (v: Parts, surface: string): Card => {
  const { base } = v;
  return {
    ...base,
    headline: v.headline,
    request: v.request,
    summary: v.summary,
    asker: { ...base.asker, surface: v.targets > 1 ? surface : 'web', name: v.name, id: v.name || '1' },
    targets: Array.from({ length: v.targets }, (_, i) => ({
      name: i % 2 ? v.name : `m${i}`,
      platform: 'linux' as const,
      online: i % 3 > 0,
      labels: v.labels,
    })),
    scripts: v.scripts.map(({ body, lines }, i) => ({
      interpreter: i ? 'powershell' : 'bash',
      platforms: ['linux'],
      // As core makes it of a script, which it takes with whole characters alone.
      ...visible(body.toWellFormed()),
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
};

/**
 * A card of some state whose every text is somebody's.
 *
 * @param surface of some who ask; the others are elsewhere.
 */
export const anyCard = (text: Text, surface: string): fc.Arbitrary<Card> =>
  partsOf(text).map((parts) => cardFrom(parts, surface));

const anyIncident = (text: Text): fc.Arbitrary<ChatContent> =>
  fc
    .record({
      words: text,
      machines: textsOf(text, 40),
      labels: labelsOf(text),
      choices: fc.oneof(textsOf(text, 120), names),
      link: text,
    })
    .map(({ words, machines, labels, choices, link }) => ({
      kind: 'incident',
      isAnew: true,
      incident: incidentWith({
        ...{ headline: words, title: words, source: words, severity: words, summary: words },
        ...{ machines, choices, link },
        alerts: machines.map((name) => ({ name, isFiring: true, since: 0, labels })),
        more: 7,
        acknowledgedBy: words,
        notices: machines.map((name) => ({ ...sentence('alone', {}), text: name })),
        diagnosis: {
          task: 1,
          answer: contents.answer?.kind === 'answer' ? contents.answer.card.answer : null,
          words,
        },
        actions: [...incidentWith().actions, ...choices.map((on) => ({ kind: 'diagnose' as const, on }))],
      }),
    }));

/** What may be shown in a chat, but a file: its every text is somebody's. */
export const anyContent = (text: Text, surface: string): fc.Arbitrary<ChatContent> => {
  const card = anyCard(text, surface);
  return fc.oneof(
    fc.tuple(card, fc.boolean()).map(([one, isAnew]) => ({ kind: 'card' as const, card: one, isAnew })),
    fc
      .tuple(card, fc.boolean())
      .map(([one, callsAsker]) => ({ kind: 'answer' as const, card: one, callsAsker })),
    fc.tuple(text, card, fc.boolean()).map(([words, { asker }, callsAsker]) => ({
      ...{ kind: 'words' as const, task: 1042, asker, text: words, callsAsker },
    })),
    anyIncident(text),
  );
};

/** A list whose every text is somebody's. */
export const anyListing = (text: Text): fc.Arbitrary<Listing> =>
  fc
    .record({
      rows: fc.array(
        fc.record({
          tone: fc.constantFrom('waiting', 'good') as fc.Arbitrary<'waiting' | 'good'>,
          name: text,
          words: text,
          detail: fc.option(text),
          task: fc.option(fc.integer({ min: 1, max: 9_999 })),
          request: fc.option(text),
        }),
        { maxLength: 60 },
      ),
      words: text,
    })
    .map(({ rows, words }) => ({ kind: 'tasks', title: words, rows, empty: words, foot: words }));
