import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Card } from '../../src/core/card.ts';
import type { KeepWish } from '../../src/core/keep.ts';
import type { Actor } from '../../src/core/task.ts';
import type { Ask } from '../../src/flow/desk.ts';
import { Library } from '../../src/flow/library.ts';
import { Shelf } from '../../src/runbooks/shelf.ts';
import { policyWith, reading } from '../core/policy/rules.ts';
import { fixture } from '../runbooks/fixtures/fixture.ts';
import { editRows } from '../sql/edit-rows.ts';
import { FakeDrafter, FakeInterpreter } from './fake-mind.ts';
import { agentIdOf, askFor, cardOf, joined, makeRig, type Rig, reached, sentTo, wentWell } from './rig.ts';
import { ada, bob, cleo, dan, eve, scriptOf } from './rules-rig.ts';

let rig: Rig;
beforeEach(() => begin());
afterEach(() => rig.dispose());

const begin = async (rules: object[] = []): Promise<void> => {
  rig = await makeRig((store) => store, undefined, policyWith(rules));
  await joined(rig, 'db1', 'db2');
};

const act = (by: Actor) => ({ by, eventId: null });

/** Asks; the drafter says this script, or is what is on the shelf. */
const askedFor = async (request: string, text: string | null, over: Partial<Ask> = {}): Promise<Card> => {
  const drafter = new FakeDrafter();
  const own = rig.shelf;
  drafter.say = (words, signal) => (text === null ? own.draft(words, signal) : scriptOf(text, 'model'));
  const worker = await rig.drafting(drafter, `server-1:${request}`);
  const { task } = cardOf(await rig.desk.ask(askFor(request, { asker: dan, ...over })));
  await reached(rig, task, 'proposed', 'running', 'failed', 'refused');
  await worker.stop();
  return cardNow(task);
};

const cardNow = async (task: number): Promise<Card> => {
  const card = await rig.desk.card(task);
  if (!card) throw new Error('no card');
  return card;
};

/** Approves, and the machine says how it went. */
const ran = async (card: Card, end: Partial<typeof wentWell> = {}): Promise<Card> => {
  const { proposal, task } = card;
  const yes = {
    proposal: proposal?.revision ?? 0,
    digest: proposal?.digest ?? '',
    canary: false,
    confirm: null,
  };
  if (card.state === 'proposed') cardOf(await rig.desk.approve(task, { ...act(cleo), ...yes }));
  const answering = await rig.answering(new FakeInterpreter());
  for (const run of await sentTo(rig, 'db1')) {
    await rig.reports.finished(agentIdOf('db1'), run.id, { ...wentWell, ...end });
  }
  await reached(rig, task, 'done');
  await answering.stop();
  return cardNow(task);
};

const request = 'restart the billing-worker service on db1';
const script = 'systemctl restart billing-worker';

const formOf = async (task: number): Promise<KeepWish> => {
  const outcome = await rig.desk.keepForm(task, dan);
  if (outcome.kind === 'refused') throw new Error(outcome.sentence.text);
  return outcome.form;
};
const kept = async (task: number, over: Partial<KeepWish> = {}, by: Actor = dan) =>
  rig.desk.keep(task, { ...act(by), wish: { ...(await formOf(task)), ...over } });
const codeOf = (outcome: { kind: string; sentence?: { code: string } }): string =>
  outcome.sentence?.code ?? outcome.kind;

describe('a script that was approved and ran well', () => {
  it('is kept by one who may ask, without its machine, and its card says so', async () => {
    const done = await ran(await askedFor(request, script));
    expect(done.actions).toEqual([{ kind: 'keep' }]);
    expect(await formOf(done.task)).toMatchObject({ examples: ['restart the billing-worker service'] });
    const card = cardOf(await kept(done.task, { name: 'billing' }));
    expect(card).toMatchObject({ actions: [], kept: { name: 'billing', version: 1, by: 'Dan' } });
    expect(card.revision).toBeGreaterThan(done.revision);
    const [version] = await rig.store.listKeptInUse();
    expect(version).toMatchObject({ name: 'billing', version: 1, task: done.task, by: dan });
    expect(version?.yaml).not.toContain('db1');
    const [entry] = await rig.store.findAudit({ kind: 'task.keep', limit: 9 });
    expect(entry).toMatchObject({
      ...{ actor: dan, task: done.task, digest: version?.digest },
      detail: { runbook: 'billing', version: 1 },
    });
  });

  it('is found from then on, waits for its yes like any other, and counts what came of it', async () => {
    const done = await ran(await askedFor(request, script));
    await kept(done.task, { name: 'billing' });
    const again = await askedFor('please restart the mail-worker service on db1', null);
    expect(again).toMatchObject({
      state: 'proposed',
      scripts: [{ text: expect.stringMatching(/^systemctl restart 'mail-worker'\n?$/) }],
      proposal: { drafter: 'runbook', runbook: 'billing', runbookVersion: 1 },
    });
    await ran(again, { end: 'failed', exitCode: 1 });
    const [line] = await rig.library.list();
    expect(line).toMatchObject({ name: 'billing', uses: [{ version: 1, succeeded: 0, ended: 1 }] });
    expect(codeOf(await rig.desk.keepForm(again.task, dan))).toBe('keep_is_runbook');
  });

  it('is kept once however often the click arrives', async () => {
    const done = await ran(await askedFor(request, script));
    const wish = await formOf(done.task);
    for (const _ of [1, 2]) cardOf(await rig.desk.keep(done.task, { by: dan, eventId: 'click', wish }));
    expect(await rig.store.listKeptVersions(wish.name)).toHaveLength(1);
  });

  it('loses the machines that people write into what they say of it', async () => {
    const done = await ran(await askedFor(request, script));
    await kept(done.task, {
      name: 'billing',
      title: 'Restart it on db1',
      examples: ['restart it on db1 and db2'],
    });
    expect((await rig.store.listKeptInUse())[0]?.yaml).not.toMatch(/db[12]/);
  });
});

describe('what is not kept', () => {
  it('a script that nobody approved', async () => {
    const card = await askedFor(request, script);
    const wish = { ...(await formLike()), name: 'billing' };
    expect(codeOf(await rig.desk.keep(card.task, { ...act(dan), wish }))).toBe('keep_not_done');
    expect(codeOf(await rig.desk.keepForm(card.task, dan))).toBe('keep_not_done');
    expect(codeOf(await rig.desk.keep(999, { ...act(dan), wish }))).toBe('task_unknown');
  });

  it('a script that ran well nowhere', async () => {
    const done = await ran(await askedFor(request, script), { end: 'failed', exitCode: 1 });
    expect(done.actions).toEqual([]);
    expect(codeOf(await rig.desk.keep(done.task, { ...act(dan), wish: await formLike() }))).toBe(
      'keep_none_succeeded',
    );
  });

  it('by somebody who may only look, nor by an alert, a schedule or the server', async () => {
    const done = await ran(await askedFor(request, script));
    const wish = await formOf(done.task);
    expect(codeOf(await rig.desk.keep(done.task, { ...act(eve), wish }))).toBe('role_missing');
    for (const kind of ['alert', 'schedule', 'server'] as const) {
      const by: Actor = { kind, surface: kind, id: 'x', name: 'x' };
      expect(codeOf(await rig.desk.keep(done.task, { ...act(by), wish })), kind).toBe('keep_by_people');
      expect(codeOf(await rig.library.retire(by, wish.name)), kind).toBe('keep_by_people');
    }
    expect(await rig.store.listKeptRunbooks()).toEqual([]);
  });

  it('a script that somebody wrote into the database after the yes', async () => {
    const done = await ran(await askedFor(request, script));
    const { digest } = (await rig.store.getTask(done.task))?.proposal ?? {};
    editRows(rig.dataDir, "update proposal set body = replace(body, 'billing-worker', 'evil-worker')");
    editRows(rig.dataDir, `update proposal set body = replace(body, '${digest}', 'another')`);
    expect(codeOf(await kept(done.task))).toBe('task_rows_differ');
  });

  it('under the name of a file, which goes first', async () => {
    const shelf = new Shelf([fixture('disk')]);
    const library = new Library({ ...rig, shelf, roster: rig.terms.policy.roster });
    const done = await ran(await askedFor(request, script));
    const wish = { ...(await formOf(done.task)), name: 'disk' };
    expect(codeOf(await library.keep(done.task, { ...act(dan), wish }))).toBe('keep_file_exists');
  });
});

const formLike = async (): Promise<KeepWish> => ({
  ...{ name: 'x', title: 'x', summary: 'x' },
  examples: ['x'],
  parameters: [],
});

describe('versions', () => {
  const twice = async (): Promise<void> => {
    await kept((await ran(await askedFor(request, script))).task, { name: 'billing' });
    const other = await ran(await askedFor(request, `${script} --no-block`));
    await kept(other.task, { name: 'billing' }, bob);
  };
  const scriptNow = async (): Promise<string | undefined> =>
    (await askedFor('restart the mail-worker service on db1', null)).scripts[0]?.text;

  it('follow each other under one name; the newest is used, and the older are as they were', async () => {
    await twice();
    expect(await scriptNow()).toContain('--no-block');
    const outcome = await rig.library.show('billing', 1);
    expect(outcome).toMatchObject({
      runbook: {
        inUse: 2,
        shown: { version: 1, by: dan },
        versions: [{ version: 2, by: bob }, { version: 1 }],
      },
    });
    expect(codeOf(await rig.library.show('billing', 3))).toBe('runbook_version_unknown');
  });

  it('are restored and retired, with an entry in the log each', async () => {
    await twice();
    expect(await rig.library.restore(dan, 'billing', 1)).toMatchObject({ runbook: { inUse: 1 } });
    expect(await scriptNow()).not.toContain('--no-block');
    expect(codeOf(await rig.library.restore(dan, 'billing', 3))).toBe('runbook_version_unknown');
    expect(codeOf(await rig.library.retire(eve, 'billing'))).toBe('role_missing');
    expect(await rig.library.retire(dan, 'billing')).toMatchObject({ runbook: { inUse: null } });
    expect(await scriptNow()).toBeUndefined();
    expect(codeOf(await rig.library.retire(dan, 'billing'))).toBe('runbook_retired_already');
    expect(codeOf(await rig.library.retire(dan, 'nothing'))).toBe('runbook_unknown');
    for (const kind of ['runbook.restore', 'runbook.retire']) {
      expect(await rig.store.findAudit({ kind, limit: 9 }), kind).toHaveLength(1);
    }
    await rig.library.restore(dan, 'billing', 2);
    expect(await scriptNow()).toContain('--no-block');
  });

  it('are found again by a server that starts', async () => {
    await twice();
    const shelf = new Shelf([]);
    await new Library({ ...rig, shelf, roster: rig.terms.policy.roster }).load();
    expect(shelf.summaries()).toMatchObject([{ name: 'billing', version: 2 }]);
  });

  it('are left out where somebody changed one in the database, and the log says so', async () => {
    await twice();
    const columns = 'digest, task, at, by, yaml';
    editRows(
      rig.dataDir,
      `insert into kept_version (name, version, ${columns}) select name, 3, ${columns} from kept_version where version = 1`,
    );
    editRows(rig.dataDir, 'update kept_runbook set version = 3, latest = 3');
    await rig.library.load();
    expect(rig.shelf.summaries()).toEqual([]);
    expect(rig.lines).toContainEqual({ level: 'error', message: expect.stringContaining('audit log') });
    expect(codeOf(await rig.library.show('billing', null))).toBe('runbook_altered');
  });
});

/** Law 5: that a script was kept makes nothing of what it was drafted from an owner's words. */
describe('a kept script and rules that let things run by themselves', () => {
  const auto = { name: 'auto', risk: 'read-only', decision: 'auto' };
  const alert: Actor = { kind: 'alert', surface: 'alert', id: 'x', name: 'an alert' };
  const keptReading = async (rules: object[], asker: Actor): Promise<Card> => {
    await rig.dispose();
    await begin(rules);
    const done = await ran(await askedFor('look at the flux on db1', reading, { asker }));
    await kept(done.task, { name: 'flux' });
    return askedFor('look at the flux on db1', null, { asker });
  };

  it.each<[string, object[], Actor, string]>([
    ['waits under a rule that names none, also for who asks in words of their own', [auto], ada, 'proposed'],
    ['waits for an alert', [auto], alert, 'proposed'],
    ['waits under a rule that names a file of its name', [{ ...auto, runbooks: ['flux'] }], ada, 'proposed'],
    [
      'waits under a rule that names all its versions',
      [{ ...auto, runbooks: ['kept:flux'] }],
      ada,
      'proposed',
    ],
    [
      'waits under a rule that names another version',
      [{ ...auto, runbooks: ['kept:flux@2'] }],
      ada,
      'proposed',
    ],
    ['runs under a rule that names that version', [{ ...auto, runbooks: ['kept:flux@1'] }], alert, 'running'],
    [
      'is refused by a rule that names all its versions',
      [{ name: 'no', decision: 'refuse', runbooks: ['kept:flux'] }],
      ada,
      'refused',
    ],
  ])('%s', async (_, rules, asker, state) => {
    expect((await keptReading(rules, asker)).state).toBe(state);
  });
});
