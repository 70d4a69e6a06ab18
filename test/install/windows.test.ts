import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { AgentFile, fillInstallScript } from '../../src/core/install-script.ts';
import { parsePowershell } from '../../src/core/risk/powershell/parse.ts';

/**
 * install.ps1 as far as it can be held to anything without a Windows: it is PowerShell, of the words that 5.1 knows, and the
 * lines that it makes for others (cmd, the Task Scheduler, icacls) are these. None of it was run on a Windows.
 */
const template = readFileSync(fileURLToPath(new URL('../../install/install.ps1', import.meta.url)), 'utf8');
const script = fillInstallScript(template, {
  address: '10.0.0.1:50051',
  spkiPin: 'YhKJKSzoTt2b5FP18fvpHo7fJYqQCjAa3HWY3tvRMwE=',
  digests: { [AgentFile.bundle]: 'ab'.repeat(32), [AgentFile.linuxX64]: null, [AgentFile.linuxArm64]: null },
});
const lines = script.split('\n').map((line) => line.trim());

describe('install.ps1', () => {
  it('is PowerShell', () => {
    expect(parsePowershell(script).fault).toBeNull();
  });

  it('uses nothing that came after Windows PowerShell 5.1', () => {
    // Operators and parameters of PowerShell 6 and 7, as about_Operators and the pages of the cmdlets date them.
    const later =
      /\?\?|\?\.|&&|\|\||-AsByteStream|-Parallel|\$IsWindows|-SkipCertificateCheck|ConvertFrom-Json -AsHashtable|: \?/;
    expect(lines.filter((line) => !line.startsWith('#') && later.test(line))).toEqual([]);
  });

  it('is of plain characters, so that no code page changes it', () => {
    expect([...script].filter((char) => char > '~')).toEqual([]);
  });

  it('ends with the call, behind everything that it needs: a script that was cut is no script', () => {
    expect(lines.filter(Boolean).at(-1)).toBe('if ($Uninstall) { Uninstall-Agent } else { Install-Agent }');
  });
});

/** Replaces `$(…)`, `$name` and doubled quotes of a PowerShell string as PowerShell would, for the places of a usual machine. */
const expand = (text: string): string =>
  text
    .replaceAll('""', '"')
    .replaceAll('$($Places.Command)', 'C:\\Program Files\\NerdyOps\\nerdy-agent.cmd')
    .replaceAll('$($Places.Bundle)', 'C:\\Program Files\\NerdyOps\\nerdy-agent.cjs')
    .replaceAll('$($Places.Data)', 'C:\\ProgramData\\NerdyOps\\agent')
    .replaceAll('$($Places.Log)', 'C:\\ProgramData\\NerdyOps\\agent.log')
    .replaceAll('$Node', 'C:\\Program Files\\nodejs\\node.exe');

describe('the task', () => {
  it('starts cmd with one command line, quoted as /s wants it: one pair around all, which it takes away', () => {
    const run = lines.find((line) => line.startsWith('$run = '));
    const value = expand(run?.replace(/^\$run = "/, '').replace(/"$/, '') ?? '');
    expect(value).toBe(
      '""C:\\Program Files\\NerdyOps\\nerdy-agent.cmd" run --data "C:\\ProgramData\\NerdyOps\\agent" 2>>"C:\\ProgramData\\NerdyOps\\agent.log""',
    );
    expect(script).toContain('Argument = "/d /s /c $run"');
  });

  it('runs as SYSTEM from the start of the machine, without an end, and again when it ends', () => {
    expect(script).toContain("-UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest");
    expect(script).toContain('New-ScheduledTaskTrigger -AtStartup');
    expect(script).toContain('-ExecutionTimeLimit ([TimeSpan]::Zero)');
    expect(script).toContain('-RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1)');
    expect(script).toContain('-MultipleInstances IgnoreNew');
  });
});

describe('the command', () => {
  const from = lines.indexOf("'@echo off',");
  const to = lines.indexOf(')', from);
  const written = lines
    .slice(from, to)
    .map((line) => expand(line.replace(/,$/, '').replace(/^['"]|['"]$/g, '')));

  it('is a .cmd file that starts Node with UTF-8 around it', () => {
    expect(written).toEqual([
      '@echo off',
      'rem Starts the NerdyOps agent of this machine. Made by its install script.',
      'chcp 65001 >nul',
      'set "NERDY_AGENT_DATA=C:\\ProgramData\\NerdyOps\\agent"',
      '"C:\\Program Files\\nodejs\\node.exe" --no-opt --no-sparkplug --max-semi-space-size=1 --expose-gc "C:\\Program Files\\NerdyOps\\nerdy-agent.cjs" %*',
    ]);
  });

  it('has lines that cmd knows, and no mark of UTF-8 before the first', () => {
    expect(script).toContain('($lines -join "`r`n") + "`r`n", (New-Object Text.UTF8Encoding $false)');
  });
});

it('policy, keys and spool are closed by the names that are the same in every language', () => {
  expect(script).toContain(
    "icacls.exe $Folder /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' /Q",
  );
});
