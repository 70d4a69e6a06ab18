import { expect, test } from 'vitest';
import {
  bashWrapperLine,
  goLine,
  powershellWrapperLine,
  scriptBytesOf,
  scriptFileOf,
} from '../../../agent/src/core/command-line.ts';

const limits = { timeoutMs: 60_000, killGraceMs: 5_000, outputHeadBytes: 1_024, outputTailBytes: 100 };

const how = {
  interpreter: 'bash',
  shell: '/bin/bash',
  drop: [],
  limits: { nice: 5, openFiles: 256, processes: null, fileBytes: 1_048_577, memoryBytes: null },
} as const;

test('a Bash script is run without anybody’s profile', () => {
  expect(bashWrapperLine('/bin/bash', '/d/wrapper.sh', limits, how)).toEqual({
    file: '/bin/bash',
    args: [
      ...'--noprofile --norc /d/wrapper.sh 2 100 script'.split(' '),
      '5 256 - 1025 - 0',
      ...'/bin/bash --noprofile --norc'.split(' '),
    ],
  });
});

test('what makes another user of it stands right before the shell', () => {
  const drop = ['/usr/bin/setpriv', '--reuid=ops'];
  expect(bashWrapperLine('/bin/bash', '/d/wrapper.sh', limits, { ...how, drop }).args.slice(7)).toEqual([
    ...drop,
    ...'/bin/bash --noprofile --norc'.split(' '),
  ]);
});

test('a PowerShell script beside Bash keeps its extension', () => {
  const powershell = { ...how, interpreter: 'powershell', shell: '/usr/bin/pwsh' } as const;
  const { args } = bashWrapperLine('/bin/bash', '/d/wrapper.sh', limits, powershell);
  expect(args[5]).toBe('script.ps1');
  expect(args.slice(7)).toEqual('/usr/bin/pwsh -NoProfile -NonInteractive -File'.split(' '));
});

test('on Windows the wrapper is PowerShell and told all at once', () => {
  const line = powershellWrapperLine('C:\\ps.exe', 'C:\\d\\wrapper.ps1', limits, 'C:\\my data\\r');
  expect(line.file).toBe('C:\\ps.exe');
  expect(line.args.slice(0, 6)).toEqual(
    '-NoProfile -NonInteractive -ExecutionPolicy Bypass -File C:\\d\\wrapper.ps1'.split(' '),
  );
  expect(line.args.slice(6)).toEqual([
    ...['-Dir', 'C:\\my data\\r', '-Shell', 'C:\\ps.exe', '-TimeoutMs', '60000', '-GraceMs', '5000'],
    ...['-MainBytesMax', '2048', '-TailBytesMax', '100'],
  ]);
});

test('directories end the lines that say go, so that they may hold spaces', () => {
  expect(goLine(limits, '/my data/runs/ab', '/my work/ab')).toBe(
    'go 60000 5000 /my data/runs/ab\n/my work/ab\n',
  );
});

test('a PowerShell script is stored with a mark, a Bash script as it is', () => {
  const script = Buffer.from('é\n');
  expect(scriptBytesOf(script, 'bash')).toEqual(script);
  expect(scriptBytesOf(script, 'powershell')).toEqual(Buffer.from('\uFEFFé\n'));
  expect([scriptFileOf('bash'), scriptFileOf('powershell')]).toEqual(['script', 'script.ps1']);
});
