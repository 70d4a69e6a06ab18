import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { scriptDigest } from '../../src/core/script.ts';
import { fillScript, ParameterInvalidError, sayExample } from '../../src/runbooks/fill.ts';
import { fixture } from './fixtures/fixture.ts';

describe('filling a script', () => {
  it('puts the quoted value where the parameter stands and keeps the rest to the letter', () => {
    const text = "systemctl status 'nginx' --no-pager\n";
    expect(fillScript(fixture('service-status'), 'linux', { service: 'nginx' })).toEqual({
      ok: true,
      script: { text, interpreter: 'bash', digest: scriptDigest('bash', text) },
    });
    expect(fillScript(fixture('service-status'), 'windows', { service: 'nginx' })).toMatchObject({
      script: { text: "Get-Service -Name 'nginx' | Format-List Name,Status\n", interpreter: 'powershell' },
    });
  });

  it('makes one word of whatever a loose pattern lets through, in a real shell', () => {
    const loose = fixture(
      'service-status',
      ['[A-Za-z0-9@_.:-]{1,128}', '.+'],
      ['systemctl status', 'printf %s'],
    );
    for (const value of ['it\'s $(id) `id` \\ "x" {{service}}', "'; id; '", '--', '{{service}}']) {
      const filled = fillScript(loose, 'linux', { service: value });
      const text = filled.ok ? filled.script.text.replace(' --no-pager', '') : '';
      expect(
        execFileSync('bash', ['-c', text.replace('printf %s', "printf '<%s>'")], { encoding: 'utf8' }),
      ).toBe(`<${value}>`);
    }
  });

  it('throws for a value that is missing or does not match, for that is a fault of the caller', () => {
    const runbook = fixture('service-status');
    expect(() => fillScript(runbook, 'linux', {})).toThrow(ParameterInvalidError);
    expect(() => fillScript(runbook, 'linux', { service: 'a b' })).toThrow(ParameterInvalidError);
    expect(() => fillScript(runbook, 'linux', { service: 'nginx\nreboot' })).toThrow(ParameterInvalidError);
  });

  it('says that a platform has no script', () => {
    expect(fillScript(fixture('port-check'), 'windows', { port: '1', count: '1' })).toMatchObject({
      ok: false,
      sentence: { code: 'runbook_platform_missing' },
    });
  });
});

describe('saying an example', () => {
  it('fills values and defaults, and is null where one is open', () => {
    const runbook = fixture('port-check');
    expect(sayExample('last {count} to {port}', runbook, { port: '80' })).toBe('last 10 to 80');
    expect(sayExample('last {count} to {port}', runbook, {})).toBeNull();
    expect(sayExample('last {count} to {port}', runbook, { port: 'x; y' })).toBeNull();
  });
});
