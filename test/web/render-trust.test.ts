import { describe, expect, test } from 'vitest';
import { sentence } from '../../src/core/sentences.ts';
import { TaskState } from '../../src/core/task.ts';
import { buttonsOf, Scene, textOf } from './scene.ts';

const clean = 'df -h /srv\nrm -rf /srv/old\ntouch a\ntouch b\nuptime\ntouch c\n';

const proposed = async (text: string, machines?: string[]): Promise<Scene> =>
  new Scene(machines).proposed(text);

describe('the script of a card', () => {
  test('that only reads is quiet: a badge, and nothing beside its lines', async () => {
    const html = await (await proposed('free -m\nuptime\n')).html();
    expect(html).toContain('badge-read-only');
    expect(textOf(html)).toMatch(/Read-only.*only reads/s);
    expect(html).not.toMatch(/class="why|class="ln at-|confirm/);
  });

  test('marks each line that does more by sign and colour, and says under it why', async () => {
    const html = await (await proposed(clean)).html();
    expect(
      [...html.matchAll(/class="ln at-(\w+)" data-mark="(.)"/g)].map(([, risk, mark]) => [risk, mark]),
    ).toEqual([
      ['dangerous', '!'],
      ['changes', '~'],
      ['changes', '~'],
      ['changes', '~'],
    ]);
    expect(textOf(html)).toMatch(/rm -rf \/srv\/old\s+Dangerous: rm: removes .* · can't be undone/);
  });

  test('says a reason that several lines share once, under the first of them', async () => {
    const text = await (await proposed(clean)).text();
    expect(text.match(/touch: writes files/g)).toHaveLength(1);
    expect(text).toMatch(/touch b\s+Changes: touch: writes files or settings · also line 6/);
  });

  test('has above it what nobody may overlook', async () => {
    expect(await (await proposed(clean)).text()).toMatch(
      /Dangerous\s*can't be undone\s*deletes\s*writes files/,
    );
    expect(await (await proposed('echo "a\n')).text()).toContain(
      'the parser could not read it: nobody can say',
    );
    expect(await (await proposed('cat /etc/shadow\n')).text()).toContain('reads secrets');
  });

  test('that scrolls in its box has the worst reason above it', async () => {
    const html = await (await proposed(`${'uptime\n'.repeat(60)}rm -rf /srv/old\n`)).html();
    expect(html).toMatch(/class="risk-why">rm: removes \/srv\/old/);
    expect(await (await proposed(clean)).html()).not.toContain('risk-why');
  });

  test('with more reasons than are read counts the rest', async () => {
    const many = Array.from({ length: 20 }, (_, at) => `rm a${at}\n`).join('');
    expect(await (await proposed(many)).text()).toContain(
      '8 more reasons are not written out; the lines are marked.',
    );
  });

  test('keeps its badge when it is decided, in the one line that is left of it', async () => {
    const scene = await new Scene().approved();
    expect(await scene.html()).toMatch(/<summary>.*badge-read-only.*<\/summary>/s);
  });

  test('can put no markup and no hidden character into a reason', async () => {
    const html = await (await proposed("rm -rf '/srv/<b>\u202E'\n")).html();
    expect(html).not.toMatch(/<b>⟨|\u202E/);
    expect(html).toContain('/srv/&lt;b>⟨U+202E⟩');
  });
});

describe('a yes that must be typed', () => {
  test('is one form with its sentence, a field, and buttons that wait for the text', async () => {
    const scene = await proposed(clean, ['db1', 'web1']);
    const html = await scene.html();
    expect(html).toContain(`data-typed="${scene.task}"`);
    expect(await scene.text()).toContain(`type the task's number, ${scene.task}, to approve it`);
    expect(
      [...html.matchAll(/<button[^>]*data-act="(?:approve|canary)"[^>]*>/g)].map(([tag]) => tag),
    ).toEqual([
      expect.stringMatching(/value="no".*grave.*disabled/),
      expect.stringMatching(/value="yes".*disabled/),
    ]);
    expect(html.match(/name="confirm"/g)).toHaveLength(1);
    expect(buttonsOf(html).slice(0, 4)).toEqual([
      'Approve for 2 machines',
      'Run on one first',
      'Reject',
      'Edit',
    ]);
  });

  test('says that nobody else looks, where one person asks and approves', async () => {
    expect(await (await proposed(clean)).text()).toContain('Nobody else has looked at this');
  });

  test('has another id for another text, so that nothing typed outlives an edit', async () => {
    const scene = await proposed(clean);
    const idOf = async () => /<form class="confirm[^>]*id="([^"]+)"/.exec(await scene.html())?.[1];
    const before = await idOf();
    scene.desk.propose(scene.task, {
      texts: [{ text: 'rm -rf /srv/new\n', platforms: ['linux'] }],
      on: ['db1'],
    });
    expect(await idOf()).not.toBe(before);
  });
});

test('a refused card has the rule and its reason first, then the script, and nothing to press', async () => {
  const scene = await proposed(clean);
  const why = sentence('policy_refused', {
    rule: 'databases-stay',
    machine: 'db1',
    reason: 'Nothing is deleted',
  });
  scene.desk.change(scene.task, { state: TaskState.refused, sentence: why });
  const html = await scene.html();
  expect(textOf(html)).toMatch(/Refused by policy.*databases-stay.*Nothing is deleted.*rm -rf \/srv\/old/s);
  expect(html).toMatch(/<details[^>]*script-fold[^>]* open/);
  expect(buttonsOf(html)).toEqual([]);
});
