import { describe, expect, it } from 'vitest';
import { CarefulRedactor } from '../../src/flow/careful-redactor.ts';
import { receivedCharsMax } from '../../src/flow/limits.ts';
import { redactDelivery } from '../../src/flow/redact-alert.ts';
import { SecretRedactor } from '../../src/redaction/secret-redactor.ts';

const silent = () => {};
const redactor = new CarefulRedactor({
  redactor: new SecretRedactor(),
  log: { debug: silent, info: silent, warn: silent, error: silent },
});
const key = 'AKIA2E0A8F3B244C9986';
const kept = (raw: string) => redactDelivery([], raw, redactor).raw;

describe('what is kept of a delivery', () => {
  it('is all of it where it is short enough, without its secrets', () => {
    expect(kept(`{"a":"b"}`)).toBe(`{"a":"b"}`);
    expect(kept(`{"a":"${key}"}`)).not.toContain(key);
  });

  it('holds no half of a secret through which the cut goes', () => {
    const filler = 'x '.repeat(receivedCharsMax);
    for (const before of [0, 4, 8, 18]) {
      const raw = `${filler.slice(0, receivedCharsMax - before)}${key} ${filler}`;
      const body = kept(raw);
      expect(body.includes('AKIA')).toBe(false);
      expect(body.length).toBeGreaterThan(receivedCharsMax - 100);
      expect(body.length).toBeLessThanOrEqual(receivedCharsMax);
    }
  });

  it('holds none where masks that are shorter than their secrets let the end of what was looked at come near', () => {
    const token = `ghp_${'a1B2'.repeat(60)}`;
    const raw = `${`${token} `.repeat(receivedCharsMax / 100)}`;
    expect(kept(raw).includes('ghp_')).toBe(false);
    expect(kept(raw).slice(0, 9)).toBe('[redacted');
  });
});
