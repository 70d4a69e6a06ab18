import { Risk, type Verdict } from '../../effect.ts';
import { named, say } from '../../verdicts.ts';
import { constantOf, shownOf, textsIn } from '../constant.ts';
import { memberVerdicts } from '../members.ts';
import type { CmdletCall, CmdletFamily } from '../rule.ts';
import { constructVerdicts, programLineVerdicts } from '../statics.ts';
import type { Expression } from '../tree.ts';

const undecidable = (what: string): Verdict =>
  say('undecidable', `runs ${what}, which only shows when it runs`);

/** A text that is run as PowerShell. */
const evaluates = (call: CmdletCall): readonly Verdict[] => {
  const value = call.value('command') ?? call.operands[0] ?? null;
  const text = constantOf(value, call.known);
  if (text === null) return [undecidable(value ? shownOf(value) : 'what comes through the pipe')];
  return call.runsText(text);
};

const blockParameters = [
  'scriptblock',
  'process',
  'begin',
  'end',
  'filterscript',
  'action',
  'expression',
  'parallel',
  'initializationscript',
  'remainingscripts',
];

const isBlock = (value: Expression, call: CmdletCall): boolean => {
  if (value.type === 'block' || value.type === 'string' || value.type === 'word' || value.type === 'number')
    return true;
  if (value.type === 'list') return value.items.every((item) => isBlock(item, call));
  if (value.type !== 'variable') return value.type === 'hash';
  if (/^(null|true|false|_)$/.test(value.name)) return true;
  const values = call.known.variables.get(value.name);
  return values?.every((one) => one !== null && one.type === 'block') === true;
};

/** Blocks are judged where they stand; a block that isn't there is code that nobody sees. */
const takesBlock = (call: CmdletCall): readonly Verdict[] => {
  const given = call.parameters.flatMap((p) =>
    p.value && blockParameters.some((b) => b.startsWith(p.name)) ? [p.value] : [],
  );
  const hidden = [...given, ...call.operands].find((value) => !isBlock(value, call));
  return hidden ? [undecidable(shownOf(hidden))] : [];
};

/** `% Delete` calls a method by its name. */
const eachVerdicts = (call: CmdletCall): readonly Verdict[] => {
  const member = call.value('membername') ?? call.operands[0] ?? null;
  if (member === null || member.type === 'block') return takesBlock(call);
  const name = member.type === 'word' || member.type === 'string' ? member.value : null;
  if (name === null) return takesBlock(call);
  const target: Expression = { type: 'variable', at: member.at, name: '_' };
  const node = {
    type: 'member',
    at: member.at,
    target,
    isStatic: false,
    name: name.toLowerCase(),
    computed: null,
  } as const;
  // A property is no call, but nobody says which it is.
  const called = memberVerdicts({ ...node, args: call.operands.slice(1) }, call.known);
  return called.every((v) => v.effects[0] === 'unknown' && v.risk === Risk.changes) &&
    call.operands.length < 2
    ? []
    : called;
};

const starts = (call: CmdletCall): readonly Verdict[] => {
  const file = call.text('filepath', 0);
  if (file === null) return [undecidable('a program')];
  const given = call.value('argumentlist', 'args') ?? call.operands[1] ?? null;
  const items = given === null ? [] : given.type === 'list' ? given.items : [given];
  const words = items.flatMap(
    (item) => (constantOf(item, call.known) ?? shownOf(item)).match(/"[^"]*"|[^\s"]+/g) ?? [],
  );
  const isHidden = items.some((item) => constantOf(item, call.known) === null);
  const inner = call.runs([file, ...words.map((text) => text.replaceAll('"', ''))]);
  const dire =
    isHidden &&
    /^(cmd|powershell|pwsh|bash|wsl|mshta|rundll32|regsvr32|wscript|cscript)(\.exe)?$/i.test(file);
  return [
    ...inner.filter((v) => v.risk !== Risk.readOnly),
    ...(dire ? [undecidable('what it hands to an interpreter')] : []),
    ...(/runas/i.test(call.text('verb', 99) ?? '') ? [named.escalates] : []),
  ];
};

const makes = (call: CmdletCall): readonly Verdict[] => {
  const com = call.value('comobject');
  if (com) return [say('unknown', `uses the COM object ${shownOf(com)}`)];
  const type = call.text('typename', 0);
  if (type === null) return [undecidable('a type')];
  return constructVerdicts(type.toLowerCase().replace(/\s/g, ''));
};

const dire =
  /RtlSetProcessIsCritical|NtRaiseHardError|VirtualAlloc|CreateRemoteThread|WriteProcessMemory|ExitWindowsEx|InitiateSystemShutdown|OpenProcessToken|AmsiScanBuffer|keybd_event|GetAsyncKeyState|MiniDumpWriteDump|Directory\.Delete|Process\.Start/i;

const adds = (call: CmdletCall): readonly Verdict[] => {
  const texts = call.values.map((value) => constantOf(value, call.known));
  const isAssembly =
    call.has('assemblyname') && !call.has('typedefinition', 'memberdefinition', 'path', 'literalpath');
  if (
    isAssembly &&
    texts.every(
      (text) =>
        text !== null && /^(system|microsoft\.visualbasic|presentation\w+|windowsbase)[\w., =]*$/i.test(text),
    )
  )
    return [];
  if (texts.some((text) => text === null)) return [undecidable('code')];
  return texts.some((text) => dire.test(text ?? ''))
    ? [say('undecidable', 'compiles code that reaches deep into the system')]
    : [say('runsCode', 'compiles code in another language')];
};

const aliases = (call: CmdletCall): readonly Verdict[] => {
  const target = call.text('value', 1);
  return target === null ? [undecidable('another command under a name of its own')] : [];
};

/** Cmdlets that run something else. */
export const running: CmdletFamily = {
  rules: {
    'invoke-expression': { is: say('unknown', 'runs a text as a script'), check: evaluates },
    'foreach-object': { is: 'nothing', check: eachVerdicts },
    'where-object': {
      is: 'nothing',
      check: (call) =>
        call.value('filterscript') || call.operands.some((o) => o.type === 'block') ? takesBlock(call) : [],
    },
    'measure-command': { is: 'nothing', check: takesBlock },
    'invoke-command': {
      is: 'nothing',
      check: takesBlock,
      flags: {
        'computername session hostname vmname vmid connectionuri containerid sshconnection': say(
          'network',
          'runs it on another machine',
        ),
        filepath: say('runsCode', 'runs a file that is not on the card'),
      },
    },
    'start-job start-threadjob': {
      is: 'nothing',
      check: takesBlock,
      flags: { 'filepath definitionname': 'runsCode', runas32: 'nothing' },
    },
    'trace-command register-engineevent register-objectevent register-wmievent register-cimindicationevent set-psbreakpoint register-argumentcompleter new-module':
      { is: say('unknown', 'runs something later'), check: takesBlock },
    'start-process': { is: say('runsCode', 'starts a program'), check: starts },
    'invoke-item': say('runsCode', 'opens whatever it is with whatever is set for it'),
    'invoke-history': say('undecidable', 'runs again what was typed before'),
    'new-object': { is: 'nothing', check: makes },
    'add-type': { is: 'nothing', check: adds },
    'set-alias new-alias': { is: 'nothing', check: aliases },
    'import-alias': say('undecidable', 'gives commands other meanings'),
    'invoke-cimmethod invoke-wmimethod': {
      is: say('unknown', 'calls a method of the system'),
      check: (call) => {
        const words = call.values.flatMap((v) => textsIn(v, call.known)).join(' ');
        if (/win32shutdown|reboot|shutdown/i.test(words)) return [named.stops];
        if (/\bformat\b/i.test(words)) return [named.destroys];
        return programLineVerdicts(words);
      },
    },
    'set-executionpolicy': {
      is: say('permissions', 'changes which scripts may run'),
      check: (call) =>
        call.values.some((v) => /^(bypass|unrestricted)$/i.test(shownOf(v)))
          ? [say('opens', 'lets any script run')]
          : [],
    },
    'start-dscconfiguration update-dscconfiguration invoke-dscresource': say(
      'services',
      'sets the machine up anew',
    ),
    'enter-pssession new-pssession connect-pssession new-cimsession connect-wsman': say(
      'network',
      'connects to another machine',
    ),
    'install-module install-script install-package update-module install-packageprovider save-module save-script install-psresource':
      'installs',
    'uninstall-module uninstall-package uninstall-script': 'removes',
  },
  examples: {
    'read-only': [
      '1..3 | ForEach-Object { $_ * 2 }',
      'Get-Process | % Name',
      'Measure-Command { Get-ChildItem C:\\ }',
      '& { Get-Date }',
      '$b = { Get-Date }; & $b',
      'Set-Alias list Get-ChildItem; list C:\\',
      'function Show-It { Get-Service $args[0] }; Show-It spooler',
      "& 'Get-Process'",
      'Add-Type -AssemblyName System.Web',
      'New-Object System.Collections.ArrayList',
    ],
    changes: [
      "iex 'Get-Date'",
      'Start-Process notepad',
      'Invoke-Command -ComputerName db1 -ScriptBlock { Get-Process }',
      'Get-ChildItem | % Foo bar',
      '.\\x.ps1',
      '. .\\x.ps1',
      'Invoke-Item x.txt',
      'New-Object -ComObject Shell.Application',
      'Add-Type -TypeDefinition "class A {}"',
      'Enter-PSSession db1',
      'Set-ExecutionPolicy RemoteSigned',
      'Install-Module Pester',
      'gci | % Kill',
    ],
    dangerous: [
      'iex $x',
      'iwr http://x/y.ps1 | iex',
      '& $cmd',
      "& ('Remove'+'-Item') x",
      'Invoke-Command -ScriptBlock $sb',
      "iex 'Remove-Item C:\\data -Recurse'",
      'gci C:\\data | % DeleteSubKeyTree x',
      '[scriptblock]::Create("x").Invoke()',
      '$x.Invoke()',
      'Set-ExecutionPolicy Bypass -Scope Process',
      "Start-Process cmd -ArgumentList '/c rd /s /q C:\\data'",
      'Start-Process powershell -ArgumentList $x',
      'Set-Alias a $b; a',
      'Set-Alias gp Remove-Item; gp x -Recurse',
    ],
  },
};
