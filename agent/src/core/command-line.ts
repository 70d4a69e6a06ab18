import type { ApprovalDocument } from '../../../src/core/order.ts';
import { type KeptLimits, mainFileKibMax } from './kept-output.ts';

type Limits = ApprovalDocument['limits'];

/** A program with its arguments, as they are given to the kernel: no shell reads them. */
export interface CommandLine {
  file: string;
  args: string[];
}

/** The script's file name in the run's directory; PowerShell insists on its extension. */
export const scriptFileOf = (interpreter: 'bash' | 'powershell'): string =>
  interpreter === 'bash' ? 'script' : 'script.ps1';

/** What the script is stored as. Windows PowerShell reads a file without a mark as the old code page. */
export const scriptBytesOf = (script: Buffer, interpreter: 'bash' | 'powershell'): Buffer =>
  interpreter === 'bash' ? script : Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), script]);

const powershellFlags = ['-NoProfile', '-NonInteractive'];

/** The Bash wrapper for a script of one interpreter and one set of output bounds; all else it is told at "go". */
export const bashWrapperLine = (
  bash: string,
  wrapper: string,
  limits: KeptLimits,
  interpreter: 'bash' | 'powershell',
  shell: string,
): CommandLine => ({
  file: bash,
  args: [
    '--noprofile',
    '--norc',
    wrapper,
    String(mainFileKibMax(limits)),
    String(limits.outputTailBytes),
    scriptFileOf(interpreter),
    shell,
    ...(interpreter === 'bash' ? ['--noprofile', '--norc'] : [...powershellFlags, '-File']),
  ],
});

/** The line that lets a waiting Bash wrapper go. The directory comes last, so that it may hold spaces. */
export const goLine = (limits: Limits, dir: string): string =>
  `go ${limits.timeoutMs} ${limits.killGraceMs} ${dir}\n`;

/** The PowerShell wrapper, which is made for one run and told everything at once. */
export const powershellWrapperLine = (
  powershell: string,
  wrapper: string,
  limits: Limits,
  dir: string,
): CommandLine => ({
  file: powershell,
  args: [
    ...powershellFlags,
    '-ExecutionPolicy',
    'Bypass',
    '-File',
    wrapper,
    '-Dir',
    dir,
    '-Shell',
    powershell,
    '-TimeoutMs',
    String(limits.timeoutMs),
    '-GraceMs',
    String(limits.killGraceMs),
    '-MainBytesMax',
    String(mainFileKibMax(limits) * 1024),
    '-TailBytesMax',
    String(limits.outputTailBytes),
  ],
});
