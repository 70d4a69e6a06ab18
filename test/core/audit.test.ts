import { describe, expect, it } from 'vitest';
import { type AuditNote, auditGenesis, auditHash } from '../../src/core/audit.ts';
import { ada, now } from './rows.ts';

const note: AuditNote = {
  kind: 'task.approve',
  actor: ada,
  task: 1042,
  run: null,
  digest: 'abc',
  detail: { from: 'proposed', to: 'running' },
};
const hash = auditHash(auditGenesis, 1, now, note);

describe("an entry's hash", () => {
  it('is the same for the same entry, in whatever order its details were written', () => {
    const turned = { ...note, detail: { to: 'running', from: 'proposed' } };
    expect(auditHash(auditGenesis, 1, now, turned)).toBe(hash);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, string]>([
    ['the entry before', auditHash('1'.repeat(64), 1, now, note)],
    ['the place in the log', auditHash(auditGenesis, 2, now, note)],
    ['the time', auditHash(auditGenesis, 1, now + 1, note)],
    ['what happened', auditHash(auditGenesis, 1, now, { ...note, kind: 'task.reject' })],
    ["the actor's kind", auditHash(auditGenesis, 1, now, { ...note, actor: { ...ada, kind: 'token' } })],
    ['the surface', auditHash(auditGenesis, 1, now, { ...note, actor: { ...ada, surface: 'web' } })],
    ['who it was', auditHash(auditGenesis, 1, now, { ...note, actor: { ...ada, id: 'U2' } })],
    ["the actor's name", auditHash(auditGenesis, 1, now, { ...note, actor: { ...ada, name: 'eve' } })],
    ['the task', auditHash(auditGenesis, 1, now, { ...note, task: null })],
    ['the run', auditHash(auditGenesis, 1, now, { ...note, run: 'r' })],
    ['the digest', auditHash(auditGenesis, 1, now, { ...note, digest: null })],
    ['a detail', auditHash(auditGenesis, 1, now, { ...note, detail: { from: 'proposed', to: 'refused' } })],
    ["a detail's kind", auditHash(auditGenesis, 1, now, { ...note, detail: { from: 'proposed', to: true } })],
    ['the number of details', auditHash(auditGenesis, 1, now, { ...note, detail: { from: 'proposed' } })],
  ])('is another when %s is another', (_, other) => {
    expect(other).not.toBe(hash);
  });

  it('can not be kept by moving text from one field to the next', () => {
    const moved = { ...note, actor: { ...ada, surface: `${ada.surface}","${ada.id}`, id: '' } };
    expect(auditHash(auditGenesis, 1, now, moved)).not.toBe(hash);
  });
});
