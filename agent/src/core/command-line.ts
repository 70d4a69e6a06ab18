import type { ApprovalDocument } from '../../../src/core/order.ts';
import { type KeptLimits, mainFileKibMax } from './kept-output.ts';
import type { ScriptLimits } from './settings.ts';

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

/** Who runs a script, and what the kernel holds it to. */
export interface HowToRun {
  interpreter: 'bash' | 'powershell';
  shell: string;
  /** What stands before the shell's command line, so that it runs as another user. */
  drop: readonly string[];
  limits: ScriptLimits;
}

/** The Bash wrapper for a script of one kind and one set of output bounds; all else it is told at "go". */
export const bashWrapperLine = (
  bash: string,
  wrapper: string,
  kept: KeptLimits,
  { interpreter, shell, drop, limits }: HowToRun,
): CommandLine => ({
  file: bash,
  args: [
    '--noprofile',
    '--norc',
    wrapper,
    String(mainFileKibMax(kept)),
    String(kept.outputTailBytes),
    scriptFileOf(interpreter),
    boundsWord(limits, drop.length),
    ...drop,
    shell,
    ...(interpreter === 'bash' ? ['--noprofile', '--norc'] : [...powershellFlags, '-File']),
  ],
});

/** Nice, open files, processes, KiB of a file and of memory, each a dash where it stays as it is; the words of `drop`. */
const boundsWord = (
  { nice, openFiles, processes, fileBytes, memoryBytes }: ScriptLimits,
  words: number,
): string =>
  [nice, openFiles, processes, kibOf(fileBytes), kibOf(memoryBytes), words].map((n) => n ?? '-').join(' ');

const kibOf = (bytes: number | null): number | null => bytes && Math.ceil(bytes / 1024);

/**
 * The lines that let a waiting Bash wrapper go. A directory comes last in its line, so that it may hold spaces.
 *
 * @param place where the script and its working directory are: `dir` itself, unless another user must get there.
 */
export const goLine = (limits: Limits, dir: string, place: string): string =>
  `go ${limits.timeoutMs} ${limits.killGraceMs} ${dir}\n${place}\n`;

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
