import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, shiftsOf, type Visit, visit } from './browser.ts';
import { proposeClean, voteOnce } from './demo-trust.ts';

let browser: Browser;
let seen: Visit;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
afterEach(() => seen.close());

const stateOf = (task: number): string | undefined => seen.harness.desk.rows.get(task)?.task.state;

/** A dangerous card, its field and its buttons. */
const dangerous = async (on = ['db1']) => {
  seen = await visit(browser);
  const task = await proposeClean(seen.harness.desk, on);
  const card = seen.page.locator(`#task-${task}`);
  const field = card.locator('.confirm input[type=text]');
  await field.waitFor();
  return { task, card, field, approve: card.locator('[data-act=approve]') };
};

describe('a yes that must be typed', () => {
  test('works only while the text fits, and moves nothing', async () => {
    const { task, card, field, approve } = await dangerous();
    expect(await approve.isDisabled()).toBe(true);
    await field.fill(`${task}0`);
    expect(await approve.isDisabled()).toBe(true);
    await field.press('Enter');
    await field.fill(` #${task} `);
    expect(await approve.isEnabled()).toBe(true);
    expect(stateOf(task)).toBe('proposed');
    await approve.click();
    await card.getByText('Approved by you').waitFor();
    expect(stateOf(task)).toBe('running');
    const { shift, moved } = await shiftsOf(seen.page);
    expect(shift, `moved: ${moved.join(', ')}`).toBeLessThan(0.02);
    expect(seen.complaints).toEqual([]);
  });

  test('is given by keyboard alone: the key for Approve leads to the field, Enter is the yes', async () => {
    const { task, card, field } = await dangerous();
    const { keyboard } = seen.page;
    await keyboard.press('j');
    await keyboard.press('a');
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    await keyboard.type('12');
    await keyboard.press('Enter');
    expect(stateOf(task)).toBe('proposed');
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type(String(task));
    await keyboard.press('Enter');
    await card.getByText('Approved by you').waitFor();
  });

  test('says which number is wrong, until another is typed', async () => {
    const { task, card, field, approve } = await dangerous();
    const said = card.locator('.confirm-said');
    await field.fill('77');
    await field.press('Enter');
    expect(await said.textContent()).toBe(`77 is not ${task}`);
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(stateOf(task)).toBe('proposed');
    if (process.env.PICTURES) await seen.page.screenshot({ path: `${process.env.PICTURES}/wrong.png` });
    await field.fill(String(task));
    expect(await said.textContent()).toBe('');
    expect(await approve.isEnabled()).toBe(true);
  });

  test('can be for one machine first', async () => {
    const { task, card, field } = await dangerous(['db1', 'web1']);
    await field.fill(String(task));
    await card.getByRole('button', { name: 'Run on one first' }).click();
    await card.getByText('Approved by you').waitFor();
    expect(
      seen.harness.desk.rows
        .get(task)
        ?.runs.map((run) => run.state)
        .sort(),
    ).toEqual(['held', 'queued']);
  });

  test('survives an update of the card, and not an edit of the script', async () => {
    const { task, card, field, approve } = await dangerous();
    const { desk } = seen.harness;
    await field.fill(String(task));
    desk.change(task, { request: 'make room on db1, please' });
    await card.getByText('make room on db1, please').waitFor();
    expect([await field.inputValue(), await approve.isEnabled()]).toEqual([String(task), true]);
    desk.propose(task, { texts: [{ text: 'rm -rf /srv/new\n', platforms: ['linux'] }], on: ['db1'] });
    await card.locator('.ln', { hasText: 'rm -rf /srv/new' }).waitFor();
    expect([await field.inputValue(), await approve.isDisabled()]).toEqual(['', true]);
  });

  test('that is wrong is refused by the server in words, whatever the page let through', async () => {
    const { task, card, field, approve } = await dangerous();
    await field.fill('yes');
    await approve.evaluate((button: HTMLButtonElement) => {
      button.disabled = false;
    });
    await approve.click();
    await card.locator('.said', { hasText: "type the task's number" }).waitFor();
    expect(stateOf(task)).toBe('proposed');
    expect(await field.inputValue()).toBe('yes');
    expect(await approve.isDisabled()).toBe(true);
  });
});

test('of two people one has said yes: the card says who, and who can be the second', async () => {
  const { task, card } = await dangerous();
  voteOnce(seen.harness.desk, task);
  await card.getByText('1 of 2 approvals').waitFor();
  expect(await card.locator('.demand').innerText()).toMatch(/Bob said yes[\s\S]*ada or cleo can say yes/);
  expect(await card.getByText('Nobody else has looked').count()).toBe(0);
});

test('what is copied of a marked script is the script and nothing else', async () => {
  const { card } = await dangerous();
  const copied = await card.locator('.code').evaluate((code) => {
    getSelection()?.selectAllChildren(code);
    return String(getSelection());
  });
  expect(copied).toContain('rm -rf /srv/old');
  expect(copied).not.toContain('removes');
});
