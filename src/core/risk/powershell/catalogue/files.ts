import type { Verdict } from '../../effect.ts';
import { say } from '../../verdicts.ts';
import { constantOf, shownOf } from '../constant.ts';
import { isWholeWindows, isWindowsOwned } from '../places.ts';
import type { CmdletCall, CmdletFamily } from '../rule.ts';
import type { Expression } from '../tree.ts';

const pathsOf = (call: CmdletCall): string[] =>
  call.values
    .flatMap((value) => (value.type === 'list' ? value.items : [value]))
    .map((value: Expression) => constantOf(value, call.known) ?? shownOf(value));

/** What it means to write where the words of a call say; drives of PowerShell's own hold commands. */
const writesTo = (call: CmdletCall): readonly Verdict[] => {
  const paths = pathsOf(call);
  if (paths.some((path) => /^(function|alias):/i.test(path)))
    return [say('undecidable', 'gives a command another meaning')];
  const owned = paths.find((path) => isWindowsOwned(path) && !/\*$/.test(path));
  return owned === undefined ? [] : [say('overwrites', `touches ${owned}, which the system goes by`)];
};

/** What removing means: one named thing is gone, a folder or whatever a pattern fits is destroyed. */
const removes = (call: CmdletCall): readonly Verdict[] => {
  const paths = pathsOf(call);
  const isDeep = call.has('recurse') || paths.some((path) => /^\/s$/i.test(path));
  const whole = paths.find((path) => !/^\/[a-z]$/i.test(path) && isWholeWindows(path));
  if (whole !== undefined && isDeep) return [say('ruins', `removes all of ${whole}`)];
  if (whole !== undefined) return [say('destroys', `removes ${whole}`)];
  if (isDeep) return [say('destroys', 'removes a folder with all that is in it')];
  if (call.has('force') || paths.some((path) => /^\/[fq]$/i.test(path)))
    return [say('destroys', 'removes for good, without asking')];
  if (paths.some((path) => /[*?]/.test(path))) return [say('destroys', 'removes whatever fits a pattern')];
  if (call.isFed || call.isOpaque) return [say('destroys', 'removes what only shows when it runs')];
  if (paths.some(isWindowsOwned)) return [say('destroys', 'removes what the system goes by')];
  return paths.some((path) => path.startsWith('$') || path === 'what is computed')
    ? [say('destroys', 'removes what only shows when it runs')]
    : [];
};

const file = say('writes', 'writes a file');

/** Cmdlets for files, the registry and other drives. */
export const files: CmdletFamily = {
  rules: {
    'set-content add-content out-file export-csv export-clixml export-alias export-formatdata new-item set-item set-itemproperty new-itemproperty rename-item rename-itemproperty copy-item copy-itemproperty move-item move-itemproperty clear-item clear-itemproperty expand-archive compress-archive new-temporaryfile':
      { is: file, check: writesTo },
    'tee-object': {
      is: file,
      check: writesTo,
      turns: { variable: 'nothing' },
      flags: { 'filepath literalpath': file },
    },
    'clear-content clear-recyclebin': { is: say('destroys', 'empties files'), check: writesTo },
    'remove-item': { is: say('deletes', 'removes'), check: removes },
    'remove-itemproperty': { is: say('deletes', 'removes a value'), check: writesTo },
    'set-acl set-auditrule': { is: 'permissions', check: writesTo },
    'unblock-file': say('permissions', 'lets fetched files run'),
    'set-clipboard out-printer': say('writes', 'sends what it gets elsewhere'),
    'new-psdrive remove-psdrive': say('services', 'changes which drives there are'),
    mkdir: file,
  },
  examples: {
    changes: [
      'Set-Content -Path C:\\app\\x.txt -Value hi',
      'Remove-Item C:\\temp\\a.txt',
      'del a.txt',
      'Get-Process | Out-File C:\\temp\\p.txt',
      'New-Item -ItemType Directory C:\\data',
      'Copy-Item a b',
      'Get-Process > p.txt',
      'md x',
      'Get-Date | tee d.txt',
    ],
    dangerous: [
      'Remove-Item C:\\temp\\*.log',
      'Remove-Item -Rec C:\\data',
      'ri x -fo',
      'Get-ChildItem C:\\data | Remove-Item',
      'rd /s /q testdir',
      'Remove-Item $path',
      'Set-Content C:\\Windows\\System32\\drivers\\etc\\hosts x',
      'Set-Item function:prompt { 1 }',
      'Set-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Services\\x -Name Start -Value 4',
      "Remove-Item @{Path='x'}.Path",
      '$p = @{ Path = "C:\\data"; Recurse = $true }\nRemove-Item @p',
    ],
    forbidden: [
      'Remove-Item C:\\ -Recurse -Force',
      'rm -r -fo C:\\Windows',
      'Remove-Item -Recurse:$true $env:SystemRoot\\*',
      'ri HKLM:\\SOFTWARE -Recurse',
    ],
  },
};
