import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadRunbooks, RunbooksInvalidError } from '../../src/runbooks/load.ts';
import { fixtureFolder, fixtureText } from './fixtures/fixture.ts';

const folderWith = (files: Record<string, string>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'runbooks-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
};

describe('loading a folder of runbooks', () => {
  it('gives all of them by name, each with the digest of its bytes', async () => {
    const runbooks = await loadRunbooks(fixtureFolder);
    expect(runbooks.map((r) => r.name)).toEqual(['disk', 'port-check', 'service-restart', 'service-status']);
    expect(runbooks[0]?.digest).toBe(createHash('sha256').update(fixtureText('disk')).digest('hex'));
  });

  it('refuses the whole folder for one broken file and lists every problem of every file', async () => {
    const folder = folderWith({
      'disk.yml': fixtureText('disk').replace('name: disk', 'name: disks').replace('full == nil', '(('),
      'other.yml': 'name: other',
    });
    const error = await loadRunbooks(folder).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RunbooksInvalidError);
    expect(error).toMatchObject({ code: 'runbooks_invalid', folder });
    const { problems } = error as RunbooksInvalidError;
    expect(problems.filter((p) => p.startsWith('disk.yml: '))).toHaveLength(2);
    expect(problems.some((p) => p.startsWith('other.yml: '))).toBe(true);
  });

  it('refuses a follow-up that does not exist', async () => {
    const folder = folderWith({ 'disk.yml': fixtureText('disk') });
    await expect(loadRunbooks(folder)).rejects.toMatchObject({
      problems: [
        'disk.yml: followUps: there is no runbook "service-status".',
        'disk.yml: followUps: there is no runbook "service-restart".',
      ],
    });
  });

  it('says that a folder is not there', async () => {
    await expect(loadRunbooks('/nowhere/at/all')).rejects.toMatchObject({ code: 'runbooks_invalid' });
  });
});
