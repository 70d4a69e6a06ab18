import { describe, expect, it } from 'vitest';
import { expressionProblem } from '../../src/alerts/expression.ts';
import { generic } from '../../src/alerts/generic.ts';
import { mappingsShape } from '../../src/alerts/mapping-shape.ts';
import type { Told } from '../../src/alerts/told.ts';

const mapping = {
  each: 'jobs',
  key: 'name',
  title: '"Backup of " & name & " failed"',
  status: 'state = "ok" ? "resolved" : "firing"',
  machine: 'host',
  labels: '{"team": "storage"}',
};
const problemIn = async (told: Promise<Told>): Promise<string> => {
  const came = await told;
  expect(came.kind).toBe('foreign');
  return came.kind === 'foreign' ? came.problem : '';
};

describe('a mapping', () => {
  it('makes an alert of each thing in a list', async () => {
    const jobs = [
      { name: 'nightly', state: 'bad', host: 'db1:22' },
      { name: 'weekly', state: 'ok', host: ['db1', '10.0.3.7'] },
    ];
    expect(await generic(mapping, { jobs })).toMatchObject({
      kind: 'alerts',
      alerts: [
        { key: 'nightly', status: 'firing', labels: { team: 'storage' }, machines: [{ value: 'db1' }] },
        { key: 'weekly', status: 'resolved', machines: [{ value: 'db1' }, { value: '10.0.3.7' }] },
      ],
    });
  });

  it('that finds nothing says so', async () => {
    expect((await generic(mapping, { jobs: [] })).kind).toBe('nothing');
  });

  it('that fails says which field and why', async () => {
    expect(await problemIn(generic({ key: '$number(a)', title: '"x"' }, { a: 'many' }))).toContain(
      '"key" fails',
    );
    expect(await problemIn(generic({ key: 'a', title: '"x"' }, {}))).toContain('"key" gives no text');
    expect(await problemIn(generic({ key: '"k"', title: '"x"', status: '"maybe"' }, {}))).toContain(
      '"maybe"',
    );
    expect(await problemIn(generic({ key: '"k"', title: '"x"', labels: '[1]' }, {}))).toContain('"labels"');
  });

  it('that runs for ever or into itself is ended', async () => {
    const endless = '($f := function($n) { $f($n + 1) }; $f(0))';
    expect(await problemIn(generic({ key: endless, title: '"x"' }, {}))).toMatch(/takes longer|calls itself/);
    const deep = '($f := function($n) { 1 + $f($n + 1) }; $f(0))';
    expect(await problemIn(generic({ key: deep, title: '"x"' }, {}))).toMatch(/takes longer|calls itself/);
    const wide = '$count([1..10000000])';
    expect((await generic({ key: wide, title: '"x"' }, {})).kind).toBe('foreign');
  });

  it('has no regular expression that may take for ever', async () => {
    const slow = { key: '$match(a, /(x+x+)+y/).match', title: '"x"' };
    const started = performance.now();
    const told = expressionProblem(slow.key) === null ? await generic(slow, { a: 'x'.repeat(60) }) : null;
    expect(told?.kind ?? 'foreign').toBe('foreign');
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('with a mistake is told before the server starts', () => {
    const parsed = mappingsShape.safeParse({ backup: { key: 'a[', title: '"x"' } });
    expect(parsed.error?.issues[0]).toMatchObject({ path: ['backup', 'key'] });
    expect(parsed.error?.issues[0]?.message).toContain('is no JSONata');
    expect(mappingsShape.safeParse({ backup: { key: 'a', title: 'b', titel: 'c' } }).success).toBe(false);
  });
});
