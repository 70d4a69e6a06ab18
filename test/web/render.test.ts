import { describe, expect, test } from 'vitest';
import { RunState } from '../../src/core/run.ts';
import { sentence } from '../../src/core/sentences.ts';
import { TaskState } from '../../src/core/task.ts';
import {
  outputTailLinesMax,
  runsFoldedLiveMax,
  runsShownMax,
  targetsShownMax,
} from '../../src/web/limits.ts';
import { agentOf } from './fake-desk.ts';
import { buttonsOf, Scene } from './scene.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `web${at + 1}`);

describe('the card of a task', () => {
  test('in drafting says so and can be cancelled', async () => {
    const scene = new Scene();
    await scene.ask('check memory on db1');
    const html = await scene.html();
    expect(await scene.text()).toMatch(/you\s*.*check memory on db1.*Looking for a script/s);
    expect(buttonsOf(html)).toEqual(['Cancel']);
  });

  test('in asking shows the question and its choices as buttons', async () => {
    const scene = new Scene(['web1', 'db1']);
    await scene.ask('check memory');
    scene.desk.change(scene.task, {
      state: TaskState.asking,
      question: { sentence: sentence('machine_missing', { count: 2 }), options: ['web1', 'db1'] },
    });
    expect(await scene.text()).toContain('which of the 2 machines is meant');
    expect(buttonsOf(await scene.html())).toEqual(['web1', 'db1', 'Cancel']);
  });

  test('proposed shows all that a decision is about, and binds Approve to it', async () => {
    const scene = await new Scene().proposed('free -m\nuptime\n');
    const html = await scene.html();
    const text = await scene.text();
    const card = await scene.desk.card(scene.task);
    const digest = card?.scripts[0]?.digest ?? 'none';
    for (const part of [
      'db1',
      'linux',
      'bash',
      '2 lines',
      digest.slice(0, 12),
      'time limit 1 min',
      'expires in 8 h',
    ]) {
      expect(text).toContain(part);
    }
    expect(html).toContain(`name="digest" value="${card?.proposal?.digest}"`);
    expect(html).toContain('name="proposal" value="1"');
    expect(buttonsOf(html)).toEqual([
      'Approve',
      'Reject',
      'Edit',
      'Reject',
      'Keep as it is',
      'Save as next revision',
    ]);
    expect(html).toMatch(/<details[^>]*script-fold[^>]* open/);
  });

  test('proposed for several machines says for how many, and offers one first', async () => {
    const scene = await new Scene(names(3)).proposed();
    expect(buttonsOf(await scene.html()).slice(0, 2)).toEqual(['Approve for 3 machines', 'Run on one first']);
    expect(await scene.html()).toMatch(/name="canary" value="yes"/);
  });

  test('proposed for an offline machine says that it is offline', async () => {
    const scene = await new Scene().proposed();
    scene.desk.agentList = [agentOf('db1', { online: false })];
    expect(await scene.text()).toMatch(/db1\s*linux\s*offline/);
  });

  test('names many machines and folds the rest with how many of them are offline', async () => {
    const scene = await new Scene(names(40)).proposed();
    scene.desk.agentList = names(40).map((name) => agentOf(name, { online: name !== 'web40' }));
    expect(await scene.text()).toContain(`${40 - targetsShownMax} more machines, 1 offline`);
  });

  test('running shows the output as it comes, open', async () => {
    const scene = await new Scene().approved();
    scene.start('db1');
    scene.desk.write(scene.task, 'db1', 'stdout', 'one\ntwo\n');
    scene.desk.write(scene.task, 'db1', 'stderr', 'careful\n');
    const html = await scene.html();
    expect(html).toMatch(/<details class="run-fold"[^>]* open/);
    expect(await scene.text()).toMatch(/Approved by you.*db1.*running.*stdout.*one\ntwo.*stderr.*careful/s);
    expect(buttonsOf(html)).toEqual(['Cancel']);
  });

  test('running on many shows the interesting ones, folds the rest and counts', async () => {
    const scene = await new Scene(names(40)).approved();
    for (const name of names(30)) scene.start(name);
    for (const name of names(28)) scene.end(name);
    scene.end('web7', RunState.failed, 3);
    const text = await scene.text();
    expect(text).toMatch(/28 of 40 machines ended\s*1 with a problem\s*2 running/);
    expect(text).toMatch(/web7\s*failed, exit code 3/);
    expect(text).toContain(`${40 - runsShownMax} more: 27 done, 8 waiting for the machine`);
  });

  test('lists at most so many folded runs while it runs, and every one when it has ended', async () => {
    const scene = await new Scene(names(100)).approved();
    const runsIn = (html: string): number => [...html.matchAll(/<li class="run /g)].length;
    expect(runsIn(await scene.html())).toBe(runsShownMax + runsFoldedLiveMax);
    for (const name of names(100)) scene.end(name);
    scene.answer('All well.');
    expect(runsIn(await scene.html())).toBe(100);
    expect(await scene.text()).toContain(`${100 - runsShownMax} more, all well`);
  });

  test('paused offers to go on or to stop', async () => {
    const scene = await new Scene(names(3)).approved(true);
    scene.end('web1');
    scene.desk.change(scene.task, { state: TaskState.paused });
    expect(buttonsOf(await scene.html())).toEqual(['Run on the other 2', 'Stop here']);
  });

  test('paused shows first, and open, what has run: the next wave rests on it', async () => {
    const scene = await new Scene(names(9)).approved(true);
    scene.start('web1');
    scene.desk.write(scene.task, 'web1', 'stdout', 'nginx is up\n');
    scene.end('web1');
    scene.desk.change(scene.task, { state: TaskState.paused });
    expect(await scene.text()).toMatch(
      /Paused after 1 machine.*web1\s*done.*nginx is up.*web2\s*waits for its turn/s,
    );
    expect(await scene.html()).toMatch(/<details class="run-fold"[^>]* open/);
  });

  test('answering shows the words that are being written', async () => {
    const scene = await new Scene().approved();
    scene.end('db1');
    scene.desk.change(scene.task, { state: TaskState.answering });
    scene.hub.start();
    expect(await scene.text()).toContain('Reading the output…');
    scene.desk.tell({ words: { task: scene.task, text: 'db1 uses 11 GiB of' } });
    expect(await scene.text()).toContain('db1 uses 11 GiB of');
    await scene.hub.stop();
  });

  test('done has words first, then facts, evidence, and follow-ups that ask in this thread', async () => {
    const scene = await new Scene().approved();
    scene.start('db1');
    scene.desk.write(scene.task, 'db1', 'stdout', 'Mem: 1\n');
    scene.end('db1');
    scene.answer('Memory is fine.');
    const html = await scene.html();
    expect(await scene.text()).toMatch(
      /Done on db1.*Whole output, 7 B.*Memory is fine\..*Used\s*71 %.*Mem: 1 of db1.*Ask next.*And the disk\?/s,
    );
    expect(html).toContain('name="request" value="disk usage on db1"');
    expect(html).toContain(`name="thread" value="${scene.task}"`);
    expect(html).not.toMatch(/<details[^>]* open/);
  });

  test('done with machines that are alike folds them', async () => {
    const scene = await new Scene(names(40)).approved();
    scene.answer('All alike.');
    expect(await scene.text()).toContain('36 more, all well');
  });

  test('failed says why and offers what would work', async () => {
    const scene = new Scene();
    await scene.ask('make me a sandwich');
    scene.desk.change(scene.task, {
      state: TaskState.failed,
      sentence: sentence('runbook_none', { nearest: ['disk-usage'] }),
      suggestions: [{ label: 'Disk usage', request: 'disk usage on db1' }],
    });
    expect(await scene.text()).toMatch(/No script for this.*No runbook fits.*Try instead.*Disk usage/s);
    expect(buttonsOf(await scene.html())).toEqual(['Disk usage']);
  });

  test('rejected and cancelled say by whom, when and why', async () => {
    const scene = await new Scene().proposed();
    const card = await scene.desk.card(scene.task);
    await scene.desk.reject(scene.task, {
      by: { kind: 'person', surface: 'slack', id: 'U1', name: 'ada' },
      eventId: null,
      reason: 'Not now',
    });
    expect(card?.state).toBe('proposed');
    expect(await scene.text()).toMatch(/Rejected by ada.*Rejected by ada at \d\d:\d\d.*Not now/s);
    expect(buttonsOf(await scene.html())).toEqual([]);
  });

  test.each([RunState.lost, RunState.undelivered, RunState.unstarted, RunState.timed_out, RunState.refused])(
    'a run that ended %s is a line with its sentence',
    async (state) => {
      const scene = await new Scene().approved();
      scene.desk.run(scene.task, 'db1', { state, sentence: sentence('lost_silence', { name: 'db1' }) });
      expect(await scene.text()).toContain('db1 has been silent');
      expect(await scene.html()).toContain('run-bad');
    },
  );
});

describe('foreign text', () => {
  const nasty = '<script>alert(1)</script><img src=x onerror=alert(2)>" onfocus="x" {{7*7}}';

  test('stays text wherever it stands', async () => {
    const scene = new Scene(['db1']);
    const evil = agentOf('db1', { labels: { '"><b>': nasty } });
    scene.desk.agentList = [evil];
    await scene.ask(nasty);
    scene.desk.propose(scene.task, {
      texts: [{ text: `echo '${nasty}'\n</code></pre></textarea>${nasty}`, platforms: ['linux'] }],
      on: ['db1'],
      summary: nasty,
    });
    const open = await scene.html();
    const card = await scene.desk.card(scene.task);
    await scene.desk.approve(scene.task, {
      by: { kind: 'person', surface: 'web', id: 'x', name: nasty },
      eventId: null,
      proposal: 1,
      digest: card?.proposal?.digest ?? '',
      canary: false,
      confirm: card?.terms?.confirmation?.text ?? null,
    });
    scene.start('db1');
    scene.desk.write(scene.task, 'db1', 'stdout', `</pre>${nasty}\n`);
    scene.answer(nasty);
    scene.desk.change(scene.task, { sentence: { code: 'model_down', text: nasty } });
    const done = await scene.html();
    for (const html of [open, done]) {
      expect(html).not.toContain('<script');
      expect(html).not.toContain('<img');
      expect(html).not.toMatch(/<[^>]*\sonfocus=/);
      expect(html).toContain('&lt;script');
    }
  });

  test('shows every hidden character of a script, marks it and says so', async () => {
    const scene = await new Scene().proposed('echo \u202E\u2066 safe\u200B\n');
    const html = await scene.html();
    for (const code of ['202E', '2066', '200B'])
      expect(html).toMatch(new RegExp(`<mark[^>]*>⟨U\\+${code}⟩</mark>`));
    expect(html).not.toMatch(/[\u202E\u2066\u200B]/);
    expect(await scene.text()).toContain("characters that can't be seen");
  });

  test('of a machine loses its colours, its redrawn lines and its hidden characters', async () => {
    const scene = await new Scene().approved();
    scene.start('db1');
    scene.desk.write(
      scene.task,
      'db1',
      'stdout',
      '\u001b[31mred\u001b[0m\r\n10%\r55%\r100%\nab\u202Ecd\n\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007\n',
    );
    const html = await scene.html();
    expect(html).toContain('red\n100%\nab⟨U+202E⟩cd\nlink');
    for (const gone of ['\u001b', '\u202E', '55%', 'evil.example']) expect(html).not.toContain(gone);
  });

  test('that is huge is cut to its end, and says of how much it is the end', async () => {
    const scene = await new Scene().approved();
    scene.start('db1');
    const lines = Array.from({ length: 50_000 }, (_, at) => `line ${at}`);
    scene.desk.write(scene.task, 'db1', 'stdout', `${lines.join('\n')}\n`);
    const html = await scene.html();
    expect(html.length).toBeLessThan(20_000);
    expect(html).toContain('line 49999');
    expect(html).not.toContain('line 100\n');
    expect(html).toContain('the end of 526 KiB');
    expect(html).toContain('stdout.txt');
  });

  test('of many short lines is cut by lines', async () => {
    const scene = await new Scene().approved();
    scene.start('db1');
    scene.desk.write(scene.task, 'db1', 'stdout', 'x\n'.repeat(outputTailLinesMax + 5));
    expect(await scene.text()).toContain('the end of 250 B');
  });

  test('in Korean stays whole where the cut goes through a character', async () => {
    const scene = await new Scene().approved();
    scene.start('db1');
    scene.desk.write(scene.task, 'db1', 'stdout', `${'메모리 사용량\n'.repeat(2_000)}`);
    const html = await scene.html();
    expect(html).toContain('메모리 사용량');
    expect(html).not.toContain('\uFFFD');
  });
});

test('a comment is set apart only where the whole line is one', async () => {
  const scene = await new Scene().proposed('# all of it\necho "#not"; rm x # tail\n');
  const html = await scene.html();
  expect([...html.matchAll(/class="ln comment"/g)]).toHaveLength(1);
});

test('the same card renders the same, so that an update that changes nothing moves nothing', async () => {
  const scene = await new Scene().approved();
  expect(await scene.html()).toBe(await scene.html());
});
