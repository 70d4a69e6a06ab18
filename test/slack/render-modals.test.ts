import { describe, expect, it } from 'vitest';
import { decodeAction } from '../../src/slack/action.ts';
import { fieldAction, readForm } from '../../src/slack/modal-form.ts';
import { renderConfirmModal } from '../../src/slack/render-confirm-modal.ts';
import { renderAskModal, renderEditModal, renderRejectModal } from '../../src/slack/render-modals.ts';
import { cards, cardWith, machinesNamed, proposalWith } from '../chat/cards.ts';
import { viewFaults } from './block-rules.ts';
import { wordsOf } from './seen.ts';

const cardNamed = (name: string) => {
  const card = cards[name];
  if (!card) throw new Error(`no card is named ${name}`);
  return card;
};

/** What Slack hands back when somebody submits a modal without touching it. */
const untouched = (view: unknown): Parameters<typeof readForm>[0] => {
  const { blocks } = view as { blocks: { type: string; block_id: string; element: Record<string, never> }[] };
  return Object.fromEntries(
    blocks
      .filter(({ type }) => type === 'input')
      .map(({ block_id: id, element }) => [
        id,
        {
          [fieldAction]: {
            value: element.initial_value ?? null,
            selected_option: element.initial_option ?? null,
            selected_options: element.initial_options ?? [],
          },
        },
      ]),
  );
};
const actionIn = (view: { callback_id?: string; private_metadata?: string } | null) =>
  decodeAction(view?.callback_id ?? '', view?.private_metadata ?? '');

const aboutOf = (name: string) => {
  const { task, proposal } = cardNamed(name);
  return { task, proposal: proposal?.revision ?? 0, digest: proposal?.digest ?? '' };
};

const scriptCard = (bash: string) =>
  cardWith({
    task: { state: 'proposed' },
    machines: machinesNamed(['db1']),
    proposal: proposalWith({ bash }),
    terms: {},
  });

describe('the modal that edits', () => {
  it.each([
    ['a few lines', 'free -m\nuptime\n'],
    ['30 KB', '# 주석\necho "step"\n\n'.repeat(1_300)],
    ['64 KB in one line', `echo ${'x'.repeat(64 * 1024 - 10)}`],
    ['lines that end in blanks, and no line end', '\n\ncat <<E\n\n\n  text\n\nE\n\n\n'.repeat(300).trimEnd()],
  ])('gives back %s as it was, when nothing is changed', (_, text) => {
    const card = scriptCard(text);
    const view = renderEditModal(card);
    expect(viewFaults(view)).toEqual([]);
    const [script] = card.scripts;
    expect(readForm(untouched(view)).texts).toEqual([{ digest: script?.digest, text: script?.text }]);
    expect(actionIn(view)).toEqual({ kind: 'edit', task: 1042, proposal: 1 });
  });

  it('has a field for each platform', () => {
    const texts = readForm(untouched(renderEditModal(cardNamed('proposed-mixed')))).texts;
    expect(texts.map(({ text }) => text.trim())).toEqual(['df -h /', 'Get-PSDrive -PSProvider FileSystem']);
  });

  it('drops a piece that somebody emptied, with the line ends after it', () => {
    const values = untouched(renderEditModal(scriptCard(`${'a\n'.repeat(999)}\n${'b\n'.repeat(900)}`)));
    const [first] = Object.keys(values).filter((block) => block.startsWith('text.0.0.'));
    const [only] = readForm({ ...values, [first ?? '']: { [fieldAction]: { value: null } } }).texts;
    expect(only?.text).toBe('b\n'.repeat(900));
  });
});

describe('the modal that says no', () => {
  it('takes a reason, which may stay away', () => {
    const view = renderRejectModal(cardNamed('proposed'));
    expect(viewFaults(view)).toEqual([]);
    expect(actionIn(view)).toEqual({ kind: 'reject', task: 1042 });
    expect(readForm(untouched(view)).reason).toBeNull();
    expect(readForm({ reason: { [fieldAction]: { value: '  too late ' } } }).reason).toBe('too late');
  });
});

describe('the modal that says yes', () => {
  it('shows machine, risk and the whole script, and has something typed', () => {
    const view = renderConfirmModal(cardNamed('proposed-dangerous'), {
      ...{ kind: 'approve', ...aboutOf('proposed-dangerous') },
      ...{ canary: false, isTyped: true },
    });
    expect(viewFaults(view)).toEqual([]);
    const seen = wordsOf(view);
    for (const part of ['db1', 'Dangerous', '!3│ rm -rf /srv/releases/old', 'type the task', '1042'])
      expect(seen).toContain(part);
    expect(actionIn(view)).toMatchObject({ kind: 'approve', isTyped: true, canary: false });
  });

  it('has every line of a script that is too long for a message', () => {
    const view = renderConfirmModal(cardNamed('proposed-long'), {
      kind: 'read',
      ...aboutOf('proposed-long'),
    });
    expect(viewFaults(view)).toEqual([]);
    const seen = wordsOf(view);
    for (let step = 0; step < 900; step += 1) expect(seen).toContain(`echo "step ${step}"; sleep 0`);
    expect(actionIn(view)).toEqual({
      ...{ kind: 'approve', ...aboutOf('proposed-long') },
      ...{ canary: false, isTyped: false },
    });
  });

  it('asks where to begin when it is opened to read and there are several machines', () => {
    const view = renderConfirmModal(cardNamed('proposed-mixed'), {
      kind: 'read',
      ...aboutOf('proposed-mixed'),
    });
    expect(readForm(untouched(view)).canary).toBe(false);
    const chosen = { canary: { [fieldAction]: { selected_option: { value: 'one' } } } };
    expect(readForm(chosen).canary).toBe(true);
  });

  it('only shows the script where another is to be decided, or nothing any more', () => {
    const old = { kind: 'read' as const, ...aboutOf('proposed'), digest: 'another' };
    for (const view of [
      renderConfirmModal(cardNamed('proposed'), old),
      renderConfirmModal(cardNamed('rejected'), { kind: 'read', ...aboutOf('rejected') }),
    ]) {
      expect(viewFaults(view)).toEqual([]);
      expect(view?.submit).toBeUndefined();
      expect(view?.callback_id).toBeUndefined();
    }
  });
});

describe('the modal that asks', () => {
  it('begins with what is known, and gives back what was filled in', () => {
    const view = renderAskModal({
      request: 'check memory',
      machines: ['db1', 'role=web'],
      preview: 'On 2 machines: db1, web1',
      context: 'db1 is slow',
      metadata: '{"channel":"C1"}',
    });
    expect(viewFaults(view)).toEqual([]);
    expect(readForm(untouched(view))).toMatchObject({
      request: 'check memory',
      machines: ['db1', 'role=web'],
    });
    expect(view.private_metadata).toBe('{"channel":"C1"}');
    expect(wordsOf(view)).toContain('On 2 machines: db1, web1');
  });
});
