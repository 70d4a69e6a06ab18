import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliRig, makeCliRig } from './nerdy.ts';

let rig: CliRig;
beforeEach(async () => {
  rig = await makeCliRig();
});
afterEach(() => rig.dispose());

const add = (...more: string[]) =>
  rig.nerdy([
    ...['watch', 'add', 'disk-db1', 'check disk usage', '--on', 'db1'],
    ...['--when', 'disk > 90 %', '--every', '*/5 * * * *', ...more],
  ]);

describe('nerdy watch', () => {
  it('adds one, lists it, and takes it away', async () => {
    expect((await rig.nerdy(['watch', 'list'])).out).toContain('Nothing is watched.');
    const added = await add('--timezone', 'Europe/Berlin');
    expect(added).toMatchObject({ code: 0, out: expect.stringContaining('every 5 minutes (Europe/Berlin)') });
    const { out } = await rig.nerdy(['watch', 'list']);
    expect(out).toMatch(/disk-db1 +"check disk usage" on db1 +disk > 90 % .*next 2026-/);
    expect((await rig.nerdy(['watch', 'remove', 'disk-db1'])).code).toBe(0);
    expect((await rig.nerdy(['watch', 'list'])).out).toContain('Nothing is watched.');
  });

  it('names the task whose end the next look waits for', async () => {
    await add();
    await rig.store.change({ watch: 'disk-db1' }, ({ watch }) => ({
      result: null,
      ...(watch && { writes: { watch: { ...watch, task: 1042 } } }),
    }));
    const { out } = await rig.nerdy(['watch', 'list']);
    expect(out).toContain('#1042 is looking, or waits for a yes');
    expect(out).not.toContain('next ');
  });

  it('is for programs with --json', async () => {
    expect(JSON.parse((await add('--json')).out)).toMatchObject({
      watch: { name: 'disk-db1', on: 'db1', cron: '*/5 * * * *', timezone: 'UTC', condition: 'disk > 90 %' },
      forecast: { kind: expect.any(String) },
    });
    expect(JSON.parse((await rig.nerdy(['watch', 'list', '--json'])).out)).toMatchObject([
      { name: 'disk-db1' },
    ]);
  });

  it('ends badly, with the server’s sentence, where it can’t be done', async () => {
    await add();
    expect(await add()).toMatchObject({ code: 1, err: expect.stringContaining('disk-db1') });
    expect(await rig.nerdy(['watch', 'remove', 'no-such'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no-such'),
    });
  });
});
