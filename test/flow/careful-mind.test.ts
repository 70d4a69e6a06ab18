import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { carefulDrafter, carefulInterpreter } from '../../src/flow/careful-mind.ts';
import type { Draft, Drafter } from '../../src/ports/drafter.ts';
import { SecretRedactor } from '../../src/redaction/secret-redactor.ts';
import { pemLines, tokens } from '../redaction/samples.ts';
import { FakeDrafter, FakeInterpreter } from './fake-mind.ts';
import { ada, askFor, cardOf, joined, makeRig, proposed, type Rig, reached } from './rig.ts';

let rig: Rig;
let asked: string[];
const fake = new FakeDrafter();
/** Tells what the drafter was asked, and drafts this script and summary. */
const drafterOf = (text: string, summary = 'x'): Drafter => ({
  knowsWord: () => false,
  draft: async (request, signal) => {
    asked.push(request.words, ...request.before);
    const draft = await fake.draft(request, signal);
    if (draft.kind === 'nothing') return draft;
    return { ...draft, summary, scripts: draft.scripts.map((s) => ({ ...s, text })) };
  },
});
beforeEach(async () => {
  asked = [];
  rig = await makeRig();
  await joined(rig, 'db1');
});
afterEach(() => rig.dispose());

const signal = new AbortController().signal;
const request = { words: 'uptime', platforms: ['linux' as const], before: [], context: null };
const draftWith = (text: string, summary?: string): Promise<Draft> =>
  carefulDrafter(drafterOf(text, summary), rig.redactor).draft(request, signal);

describe('a request with a secret', () => {
  it('is masked before it is stored and before a drafter hears of it, and the card says so', async () => {
    await rig.drafting(carefulDrafter(drafterOf('uptime\n'), rig.redactor));
    const words = `log in to redis://x:geheim123@h:6379 with ${tokens.slack} on db1`;
    const { task } = cardOf(await rig.desk.ask(askFor(words)));
    await reached(rig, task, 'proposed');
    const card = await rig.desk.card(task);
    expect(card?.request).toBe(
      'log in to redis://x:[redacted: password]@h:6379 with [redacted: Slack token] on db1',
    );
    expect(card?.notices.map((n) => n.code)).toEqual(['request_redacted']);
    const log = JSON.stringify(await rig.store.listAudit(0, 100));
    for (const secret of ['geheim123', tokens.slack]) {
      expect(asked.join()).not.toContain(secret);
      expect(log).not.toContain(secret);
    }
  });

  it('that could not be looked through is refused', async () => {
    const broken = new (class extends SecretRedactor {
      override redact(): string {
        throw new Error('broken');
      }
    })();
    const other = await makeRig((store) => store, broken);
    expect(await other.desk.ask(askFor('uptime'))).toMatchObject({
      kind: 'refused',
      sentence: { code: 'text_withheld' },
    });
    await other.dispose();
  });
});

describe('a script with a secret', () => {
  it('that was drafted fails with the line and what to do instead', async () => {
    const draft = await draftWith(`echo\nexport PASSWORD=geheim123\ncurl -H 'X-Api-Key: abc'\n`);
    expect(draft).toMatchObject({ kind: 'nothing', sentence: { code: 'script_holds_secret' } });
    const said = draft.kind === 'nothing' ? draft.sentence.text : '';
    expect(said).toContain('Line 2 of the script holds a secret (password), the first of 2.');
    expect(said).not.toContain('geheim');
  });

  it('that a person edited in is refused, and the proposal stands as it was', async () => {
    const card = await proposed(rig, 'uptime on db1');
    const digest = card.scripts[0]?.digest ?? '';
    const texts = [{ digest, text: pemLines().join('\n') }];
    expect(await rig.desk.edit(card.task, { by: ada, eventId: null, proposal: 1, texts })).toMatchObject({
      kind: 'refused',
      sentence: { code: 'script_holds_secret' },
    });
    expect((await rig.desk.card(card.task))?.proposal).toEqual(card.proposal);
  });

  it('is none where it takes the secret from the machine', async () => {
    const text = 'export PGPASSWORD="$(cat /etc/app/db-password)"\npsql -U "$USER"\n';
    expect(await draftWith(text)).toMatchObject({ kind: 'script', scripts: [{ text }] });
  });
});

describe('words of people and models', () => {
  it('are masked: a reason, a summary, an answer and what is shown of it while it is written', async () => {
    const card = await proposed(rig, 'uptime on db1');
    const act = { by: ada, eventId: null, reason: `it prints ${tokens.github}` };
    const rejected = cardOf(await rig.desk.reject(card.task, act));
    expect(rejected.decision?.reason).toBe('it prints [redacted: GitHub token]');

    const draft = await draftWith('uptime\n', `uses ${tokens.aws}`);
    expect(draft.kind === 'script' && draft.summary).toBe('uses [redacted: AWS access key]');

    const interpreter = new FakeInterpreter();
    interpreter.say = () => `the key is ${tokens.aws} now`;
    const shown: string[] = [];
    const careful = carefulInterpreter(
      {
        interpret: (given, onWords, s) => {
          onWords(`the key is ${tokens.aws.slice(0, 12)}`);
          onWords(`the key is ${tokens.aws} `);
          return interpreter.interpret(given, onWords, s);
        },
      },
      rig.redactor,
    );
    const record = await rig.store.getTask(card.task);
    if (!record?.proposal) throw new Error('no proposal');
    const { proposal } = record;
    const given = { request: 'x', language: 'en' as const, proposal, runs: [] };
    const answer = await careful.interpret(given, (words) => shown.push(words), signal);
    expect(answer.words).toBe('the key is [redacted: AWS access key] now');
    expect(shown.join()).not.toContain('AKIA');
    expect(shown).toContain('the key is [redacted: AWS access key] ');
  });
});
