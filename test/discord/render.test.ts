import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Card } from '../../src/core/card.ts';
import { type ButtonMeaning, customId, meaningOf } from '../../src/discord/custom-id.ts';
import { escaped, escapedTo } from '../../src/discord/escape.ts';
import { customIdCharsMax, messageCharsMax, messageComponentsMax } from '../../src/discord/limits.ts';
import { plainText, withoutUs } from '../../src/discord/plain-text.ts';
import { render } from '../../src/discord/render.ts';
import { flat, textOf } from '../fakes/discord-shapes.ts';
import { Scene } from '../web/scene.ts';

const digest = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });

describe('an id of a button', () => {
  it('says all that was meant, in as many characters as Discord takes', () => {
    const number = fc.integer({ min: 1, max: 999_999_999 });
    fc.assert(
      fc.property(
        number,
        number,
        digest,
        fc.boolean(),
        fc.boolean(),
        (task, proposal, hex, canary, isTyped) => {
          const meaning = { kind: 'approve' as const, task, proposal, digest: hex, canary, isTyped };
          const id = customId(meaning);
          expect(id?.length).toBeLessThanOrEqual(customIdCharsMax);
          expect(meaningOf(id ?? '')).toEqual(meaning);
        },
      ),
    );
  });

  it('keeps a machine or request with blanks, and is none where that is too long', () => {
    const meaning = { kind: 'choose' as const, task: 7, option: 'role=db env=prod' };
    expect(meaningOf(customId(meaning) ?? '')).toEqual(meaning);
    expect(customId({ kind: 'ask', request: 'x'.repeat(100) })).toBeNull();
  });

  it('of anybody else means nothing', () => {
    fc.assert(fc.property(fc.string(), (text) => meaningOf(`x${text}`) === null));
    for (const id of ['', 'n1', 'n1 approve', 'n1 approve 1 1 short a', 'n1 choose x', 'n1 other 1'])
      expect(meaningOf(id)).toBeNull();
  });
});

describe('foreign text', () => {
  it.each([
    ['@everyone <@1> <@&2> <#3>', '\\@everyone \\<\\@1> \\<\\@&2> \\<#3>'],
    ['<t:1:R> <:x:1> </nerdy ask:1>', '\\<t\\:1:R> \\<\\:x:1> \\</nerdy ask:1>'],
    ['[bank](https://evil.example)', '\\[bank\\](https\\://evil.example)'],
    ['discord.gg/abc', 'discord.gg\\/abc'],
    ['**a** __b__ ~~c~~ ||d|| `e`', '\\*\\*a\\*\\* \\_\\_b\\_\\_ \\~\\~c\\~\\~ \\|\\|d\\|\\| \\`e\\`'],
    ['# a\n> b\n- c\n1. d\n-# e', '\\# a\n\\> b\n\\- c\n1\\. d\n\\-# e'],
    ['a\\', 'a\\\\'],
    ['\u202Egpj.exe', '⟨U+202E⟩gpj.exe'],
  ])('%j is shown as it is', (text, shown) => {
    expect(escaped(text)).toBe(shown);
  });

  it('is cut without tearing an escape or a letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 60 }), (text, charsMax) => {
        const shown = escapedTo(`${text}**<@1>**🙂`, charsMax);
        expect(shown.length).toBeLessThanOrEqual(charsMax);
        expect(shown.isWellFormed()).toBe(true);
        expect(/(^|[^\\])(\\\\)*\\$/.test(shown)).toBe(false);
      }),
    );
  });
});

it('what a person wrote is read without markup, and without our name', () => {
  const names = { user: () => 'bob', role: () => 'ops', channel: () => 'general' };
  expect(withoutUs('<@9>  <@!9>, check db1 <@9>', ['9'])).toBe('check db1');
  expect(withoutUs('check <@9>', [])).toBe('check <@9>');
  expect(plainText('<@1> <@&2> <#3> <a:ok:4> <t:0:R> <https://a.example>', names)).toBe(
    '@bob @ops #general :ok: 1970-01-01T00:00:00.000Z https://a.example',
  );
});

describe('a message', () => {
  const nasty = '**@everyone** <@1> ```\u202E `x` [a](https://e.example/) '.repeat(40);
  const said = (text: string) => ({ code: 'request_empty' as const, text });
  const fits = (container: object): void => {
    const all = flat([container as never]);
    expect(textOf([container as never]).length).toBeLessThanOrEqual(messageCharsMax);
    expect(all.length).toBeLessThanOrEqual(messageComponentsMax);
    const ids = all.flatMap(({ custom_id: id }) => id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
  };
  const proposed = async (): Promise<Card> => {
    const scene = await new Scene(['db1', 'web7']).proposed('rm -rf /srv/old\n');
    const card = await scene.desk.card(scene.task);
    if (!card) throw new Error('no card');
    return card;
  };

  it('of a card fits, however much there is to say', async () => {
    const card = await proposed();
    const target = { name: 'x'.repeat(200), platform: 'linux' as const, online: false, labels: {} };
    const run = { id: 'r', name: nasty, state: 'failed' as const, exitCode: 1, sentence: said(nasty) };
    const rest = { startedAt: null, endedAt: null, stdoutBytes: 0, stderrBytes: 0 };
    const huge: Card = {
      ...card,
      ...{ request: nasty, headline: nasty, summary: nasty, question: { text: nasty, options: [] } },
      targets: Array.from({ length: 50 }, () => target),
      notices: Array.from({ length: 9 }, () => said(nasty)),
      runs: Array.from({ length: 50 }, () => ({ ...run, ...rest })),
      decision: { verdict: 'rejected', by: nasty, at: 0, reason: nasty },
      followUps: Array.from({ length: 20 }, (_, at) => ({ label: nasty, request: `${at}` })),
    };
    const { container } = render.content({ kind: 'card', card: huge, isAnew: true });
    fits(container);
    expect(textOf([container as never])).toContain('```bash\nrm -rf /srv/old\n```');
    expect(textOf([container as never])).not.toMatch(/(^|[^\\])@everyone/);
  });

  it('of an incident fits, however much there is to say', () => {
    const alert = {
      name: nasty,
      isFiring: true,
      since: 0,
      labels: { a: nasty, b: nasty, c: nasty, d: nasty },
    };
    const incident = {
      ...{
        number: 17,
        revision: 1,
        state: 'firing' as const,
        tone: 'bad' as const,
        headline: nasty,
        title: nasty,
      },
      ...{ source: nasty, severity: nasty, summary: nasty, startedAt: 0, endedAt: 1, firing: 1, resolved: 1 },
      ...{ machines: Array.from({ length: 30 }, () => nasty), times: 9, more: 3, acknowledgedBy: nasty },
      ...{ silencedUntil: null, choices: [], link: `https://a.example/${'x'.repeat(250)}` },
      alerts: Array.from({ length: 30 }, () => alert),
      diagnosis: { task: 1, answer: null, words: nasty },
      notices: Array.from({ length: 9 }, () => said(nasty)),
      actions: [{ kind: 'acknowledge' as const }, { kind: 'silence' as const, forMs: 3_600_000 }],
    };
    fits(render.content({ kind: 'incident', incident, isAnew: true }).container);
  });

  it('of a list fits, and counts what it leaves out', () => {
    const row = { tone: 'good' as const, name: nasty, words: nasty, detail: nasty, task: null };
    const rows = Array.from({ length: 60 }, (_, at) => ({ ...row, request: `ask ${at}` }));
    const { container } = render.listing({ kind: 'tasks', title: nasty, rows, empty: '', foot: nasty });
    fits(container);
    expect(textOf([container as never])).toContain('and 49 more');
  });
});

it('the longest names and numbers that there are fit into the ids of menus, buttons and forms', () => {
  const [number, machine] = [999_999_999, 'm'.repeat(63)];
  const meanings: ButtonMeaning[] = [
    { kind: 'diagnose', incident: number, on: null },
    { kind: 'diagnose', incident: number, on: machine },
    { kind: 'choose', task: number, option: null },
    { kind: 'choose', task: number, option: machine },
    { kind: 'edit', task: number, proposal: number },
    { kind: 'reject', task: number },
    {
      ...{ kind: 'approve', task: number, proposal: number, digest: 'f'.repeat(64) },
      ...{ canary: true, isTyped: true },
    },
    { kind: 'about', message: '9'.repeat(20) },
  ];
  for (const meaning of meanings) {
    const id = customId(meaning) ?? '';
    expect(id.length).toBeGreaterThan(0);
    expect(id.length).toBeLessThanOrEqual(customIdCharsMax);
    expect(meaningOf(id)).toEqual(meaning);
  }
});
