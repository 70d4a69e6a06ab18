import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { auditHash } from '../../src/core/audit.ts';
import { exportHeadLine, exportLine, readExportHead, readExportLine } from '../../src/core/audit-export.ts';
import { isAuditHeadSigned } from '../../src/core/audit-head.ts';
import { auditKeysOf } from '../../src/core/audit-keys.ts';

const page = readFileSync(new URL('../../docs/audit.md', import.meta.url), 'utf8');
const [headLine = '', entryLine = ''] = /```jsonl\n(.*)\n(.*)\n```/.exec(page)?.slice(1) ?? [];

describe('the test vectors of docs/audit.md', () => {
  it('are right to somebody who has read only that page', () => {
    const { signers } = JSON.parse(headLine);
    const { seal, hash, previous, ...e } = JSON.parse(entryLine);
    const fields = [e.seq, e.at, e.kind, e.actor.kind, e.actor.surface, e.actor.id, e.actor.name];
    const pairs = Object.entries(e.detail).sort(([a], [b]) => (a < b ? -1 : 1));
    const hashed = `${previous}\n${JSON.stringify([[...fields, e.task, e.run, e.digest], pairs])}`;
    expect(createHash('sha256').update(hashed).digest('hex')).toBe(hash);
    const spki = Buffer.from(signers[0].publicKey, 'base64');
    expect(createHash('sha256').update(spki).digest('hex').slice(0, 32)).toBe(seal.keyId);
    const signed = `nerdyops audit head v1\0${JSON.stringify([seal.server, e.seq, hash, e.at, seal.keyId])}`;
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    expect(verify(null, Buffer.from(signed), key, Buffer.from(seal.signature, 'base64'))).toBe(true);
  });

  it('are right to the code, which writes them in the same bytes', () => {
    const head = readExportHead(headLine);
    const { entry, seal } = readExportLine(entryLine, 2);
    if (!head || !entry || !seal) throw new Error('the vectors are not an export');
    const { keys, wrong } = auditKeysOf(head.signers);
    expect(wrong).toBeNull();
    const { seq, at, previous, hash, ...note } = entry;
    expect(auditHash(previous, seq, at, note)).toBe(hash);
    const [key] = keys;
    if (!key) throw new Error('no key');
    expect(isAuditHeadSigned({ ...seal, seq, hash, at }, key.key)).toBe(true);
    expect(exportHeadLine(head)).toBe(headLine);
    expect(exportLine(entry, seal)).toBe(entryLine);
  });
});

describe('a line of an export', () => {
  it.each(['', 'x', '[]', '{}', 'null', '{"seq":1}'])('that is %j is no entry', (line) => {
    expect(readExportLine(line, 7)).toEqual({ entry: null, where: 'line 7 of the export', seal: null });
    expect(readExportHead(line)).toBeNull();
  });

  it.each(['more', 'at', 'seal'])('is no entry with another %s than an entry has', (field) => {
    const line = JSON.stringify({ ...JSON.parse(entryLine), [field]: 'x' });
    expect(readExportLine(line, 2).entry).toBeNull();
  });
});
