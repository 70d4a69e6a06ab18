import { describe, expect, it } from 'vitest';
import { serverLog } from '../../src/cli/server-log.ts';
import { SecretRedactor } from '../../src/redaction/secret-redactor.ts';
import { tokens } from '../redaction/samples.ts';

const logged = (fields: object): { text: string; line: Record<string, unknown> } => {
  const written: string[] = [];
  const log = serverLog('info', new SecretRedactor(), { write: (line: string) => void written.push(line) });
  log.warn(fields, 'something failed');
  const text = written.join('');
  return { text, line: JSON.parse(text) as Record<string, unknown> };
};

describe('the log', () => {
  it('holds of an error its name, code, words and place, and no secret in them', () => {
    const cause = new Error(`connect to redis://:geheim123@h:6379 with ${tokens.openai}`);
    const { text, line } = logged({
      err: Object.assign(new Error('no', { cause }), { code: 'ECONNREFUSED' }),
    });
    expect(line).toMatchObject({ msg: 'something failed', err: { type: 'Error', code: 'ECONNREFUSED' } });
    expect(text).toContain('redis://:[redacted: password]@h:6379');
    for (const secret of ['geheim123', tokens.openai]) expect(text).not.toContain(secret);
  });

  it("holds nothing else of vendors' errors: commands and requests carry passwords", () => {
    const err = Object.assign(new Error('WRONGPASS'), {
      command: { name: 'auth', args: ['default', 'geheim123'] },
      headers: { authorization: 'Bearer geheim123' },
    });
    const { text, line } = logged({ err });
    expect(Object.keys(line.err as object).sort()).toEqual(['message', 'stack', 'type']);
    expect(text).not.toContain('geheim123');
  });

  it('masks fields that are secret by their name', () => {
    expect(logged({ token: 'geheim123', request: { authorization: 'geheim123' } }).text).not.toContain(
      'geheim',
    );
  });
});
