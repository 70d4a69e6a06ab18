# Puts the NerdyOps agent on a Windows machine, upgrades it, or takes it away again. For Windows PowerShell 5.1 and newer, as administrator.
#
#   install.ps1 -Token <token> [-Name <name>] [-NoService] [-Again]    joins this machine and starts the agent; again, it is an upgrade
#   install.ps1 -Uninstall [-Force]                                    leaves, and takes everything away
#
# The server filled in what stands between at signs: where it is, its key, and the digest of what it serves. Whoever runs
# this by the line that `nerdy agents invite` printed has held its digest against that line.
#
# The agent is a task of the Task Scheduler that starts with the machine, as SYSTEM, and again when it ends: Windows starts
# no script as a service without a program of somebody else's around it.
[CmdletBinding()]
param(
    [string]$Token = '',
    [string]$Name = '',
    # Below which folder everything goes, for tests; changes nothing in the machine's own places.
    [string]$Prefix = '',
    [switch]$NoService,
    # A machine that has joined before joins anew.
    [switch]$Again,
    [switch]$Uninstall,
    # Leaves although a script runs or its end was not told to the server.
    [switch]$Force
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 2.0

$Address = '@ADDRESS@'
$Pin = '@PIN@'
$BundleSha256 = '@BUNDLE_SHA256@'
$TaskName = 'NerdyOps agent'
$NodeOldest = [version]'20.19.0'

function Get-Places {
    $programs = $env:ProgramFiles
    $data = $env:ProgramData
    if ($Prefix) {
        $programs = Join-Path $Prefix 'Program Files'
        $data = Join-Path $Prefix 'ProgramData'
    }
    return @{
        Program = Join-Path $programs 'NerdyOps'
        Bundle  = Join-Path (Join-Path $programs 'NerdyOps') 'nerdy-agent.cjs'
        Command = Join-Path (Join-Path $programs 'NerdyOps') 'nerdy-agent.cmd'
        Root    = Join-Path $data 'NerdyOps'
        Data    = Join-Path (Join-Path $data 'NerdyOps') 'agent'
        Log     = Join-Path (Join-Path $data 'NerdyOps') 'agent.log'
    }
}

function Test-Administrator {
    $me = New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
    return $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
}

# Of the whole machine: one below a person's own folders could be changed by them, and would run as SYSTEM.
function Find-Node {
    $found = @(Get-Command -Name node -CommandType Application -ErrorAction SilentlyContinue | ForEach-Object { $_.Source })
    if ($env:ProgramFiles) { $found = @(Join-Path (Join-Path $env:ProgramFiles 'nodejs') 'node.exe') + $found }
    foreach ($node in $found) {
        if (-not (Test-Path -LiteralPath $node)) { continue }
        if (-not $Prefix -and -not $node.StartsWith($env:ProgramFiles + '\', [StringComparison]::OrdinalIgnoreCase)) { continue }
        $version = [version]'0.0'
        if (-not [version]::TryParse([string](& $node -p 'process.versions.node'), [ref]$version)) { continue }
        if ($version -ge $NodeOldest) { return $node }
    }
    throw "The agent needs Node $($NodeOldest.ToString(2)) or newer in $env:ProgramFiles\nodejs. Install it (https://nodejs.org/en/download, the .msi for all users), then run the line again."
}

# The certificate is of the server's own authority (-k); what counts is the digest, which came with this script. HTTP/2 of this port is
# for agents.
function Get-Bundle([string]$To) {
    & curl.exe -fsSk --http1.1 --connect-timeout 20 -o $To "https://$Address/agent/nerdy-agent.cjs"
    if ($LASTEXITCODE -ne 0) { throw "The agent could not be fetched from $Address (curl's exit code $LASTEXITCODE). Is the port open to this machine?" }
    $have = (Get-FileHash -Algorithm SHA256 -LiteralPath $To).Hash
    if ($have -ne $BundleSha256) {
        throw "The agent that $Address served is not what this script expects (SHA-256 $have), so it was not installed. If the server was upgraded a moment ago, ask for a new line with nerdy agents invite."
    }
}

# Policy, keys and spool are for the machine's administrators alone; what a folder would inherit is taken away (S-1-5-18 is
# SYSTEM, S-1-5-32-544 the administrators, in every language of Windows).
function Set-ClosedFolder([string]$Folder) {
    New-Item -ItemType Directory -Force -Path $Folder | Out-Null
    if ($Prefix) { return }
    & icacls.exe $Folder /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' /Q | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "$Folder can't be closed to other users (icacls' exit code $LASTEXITCODE)." }
}

function Invoke-Agent([hashtable]$Places, [string]$Node, [string[]]$Arguments) {
    # Node writes UTF-8; the console's own code page would damage every name that is not English.
    $before = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = New-Object Text.UTF8Encoding $false
        & $Node $Places.Bundle @Arguments | Out-Host
    } finally {
        [Console]::OutputEncoding = $before
    }
    return $LASTEXITCODE
}

# In a .cmd file, for people and for the task: written without the mark of UTF-8, which cmd would take for a command.
function Write-Command([hashtable]$Places, [string]$Node) {
    $lines = @(
        '@echo off',
        'rem Starts the NerdyOps agent of this machine. Made by its install script.',
        'chcp 65001 >nul',
        "set ""NERDY_AGENT_DATA=$($Places.Data)""",
        """$Node"" --no-opt --no-sparkplug --max-semi-space-size=1 --expose-gc ""$($Places.Bundle)"" %*"
    )
    [IO.File]::WriteAllText($Places.Command, ($lines -join "`r`n") + "`r`n", (New-Object Text.UTF8Encoding $false))
}

# The task runs cmd for one thing alone: a task has no place for what its program says.
function Get-TaskParts([hashtable]$Places) {
    $run = """""$($Places.Command)"" run --data ""$($Places.Data)"" 2>>""$($Places.Log)"""""
    return @{
        Execute  = Join-Path $env:SystemRoot 'System32\cmd.exe'
        Argument = "/d /s /c $run"
    }
}

function Register-Agent([hashtable]$Places) {
    $parts = Get-TaskParts $Places
    $action = New-ScheduledTaskAction -Execute $parts.Execute -Argument $parts.Argument -WorkingDirectory $Places.Root
    $trigger = New-ScheduledTaskTrigger -AtStartup
    $principal = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest
    # The usual settings end a task after three days, and when a laptop is unplugged.
    $settings = New-ScheduledTaskSettingsSet -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -StartWhenAvailable `
        -ExecutionTimeLimit ([TimeSpan]::Zero) -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) -MultipleInstances IgnoreNew
    Register-ScheduledTask -TaskName $TaskName -Action $action -Trigger $trigger -Principal $principal -Settings $settings `
        -Description 'Runs approved scripts, once, and reports.' -Force | Out-Null
    Start-ScheduledTask -TaskName $TaskName
}

function Stop-Agent {
    $task = Get-ScheduledTask -TaskName $TaskName -ErrorAction SilentlyContinue
    if ($task) { Stop-ScheduledTask -TaskName $TaskName }
}

function Test-Joined([hashtable]$Places) {
    return Test-Path -LiteralPath (Join-Path $Places.Data 'identity.json')
}

function Install-Agent {
    $places = Get-Places
    $isUpgrade = Test-Joined $places
    if ((-not $isUpgrade -or $Again) -and $Token -notmatch '^nerdy-join_[\w-]+$') {
        throw 'A token is needed, which lets this machine join. nerdy agents invite prints the whole line.'
    }
    $node = Find-Node
    $isNew = -not (Test-Path -LiteralPath $places.Program)
    $hadData = Test-Path -LiteralPath $places.Data
    New-Item -ItemType Directory -Force -Path $places.Program | Out-Null
    $draft = "$($places.Bundle).$PID"
    try {
        Get-Bundle $draft
        & $node $draft --version | Out-Null
        if ($LASTEXITCODE -ne 0) { throw "The agent does not start with the Node at $node." }
        if (-not $NoService) { Stop-Agent }
        # One rename: an agent that starts meanwhile reads a whole file.
        Move-Item -Force -LiteralPath $draft -Destination $places.Bundle
        Write-Command $places $node
        Set-ClosedFolder $places.Root
        Set-ClosedFolder $places.Data
        if (-not $isUpgrade -or $Again) {
            $arguments = @('join', $Token, '--data', $places.Data)
            if ($Again) { $arguments += '--again' }
            if ($Name) { $arguments += @('--name', $Name) }
            if ((Invoke-Agent $places $node $arguments) -ne 0) { throw 'This machine has not joined; the reason stands above.' }
        } elseif ($Token) {
            Write-Host 'This machine has joined before: it stays who it is, and the token was not used. With -Again it joins anew.'
        }
        if (-not $NoService) { Register-Agent $places }
    } catch {
        Remove-Item -Force -ErrorAction SilentlyContinue -LiteralPath $draft
        if (-not $isUpgrade) {
            if (-not $NoService) { Unregister-ScheduledTask -TaskName $TaskName -Confirm:$false -ErrorAction SilentlyContinue }
            if (Test-Joined $places) { Invoke-Agent $places $node @('leave', '--force', '--data', $places.Data) | Out-Null }
            if ($isNew) { Remove-Item -Recurse -Force -ErrorAction SilentlyContinue -LiteralPath $places.Program }
            if (-not $hadData) { Remove-Item -Recurse -Force -ErrorAction SilentlyContinue -LiteralPath $places.Data }
        }
        throw
    }
    if ($NoService) {
        Write-Host "The agent is installed and has joined; start it with: ""$($places.Command)"" run --data ""$($places.Data)"""
    } else {
        Write-Host "The NerdyOps agent is installed and runs as the task ""$TaskName"": ""$($places.Command)"" status shows how it is, and this script with -Uninstall takes it away again."
    }
}

function Uninstall-Agent {
    $places = Get-Places
    $wasRegistered = -not $NoService -and (Get-ScheduledTask -TaskName $TaskName -ErrorAction SilentlyContinue)
    if (-not $NoService) { Stop-Agent }
    if (Test-Joined $places) {
        $left = 0
        $arguments = @('leave', '--data', $places.Data)
        if ($Force) { $arguments += '--force' }
        try { $left = Invoke-Agent $places (Find-Node) $arguments } catch { Write-Host "$_" }
        # A refusal with its sentence; other faults leave nothing to lose.
        if ($left -eq 3) {
            if ($wasRegistered) { Start-ScheduledTask -TaskName $TaskName }
            throw 'Nothing was taken away, and the agent runs on. With -Force behind -Uninstall it goes whatever runs.'
        }
    }
    if ($wasRegistered) { Unregister-ScheduledTask -TaskName $TaskName -Confirm:$false }
    foreach ($folder in @($places.Program, $places.Data)) {
        if (Test-Path -LiteralPath $folder) { Remove-Item -Recurse -Force -LiteralPath $folder }
    }
    Remove-Item -Force -ErrorAction SilentlyContinue -LiteralPath $places.Log
    # The machine's own policy stays where somebody wrote one.
    if ((Test-Path -LiteralPath $places.Root) -and -not (Get-ChildItem -Force -LiteralPath $places.Root)) { Remove-Item -Force -LiteralPath $places.Root }
    Write-Host 'The NerdyOps agent is gone from this machine.'
}

if (-not $Prefix -and -not (Test-Administrator)) {
    throw 'This needs an administrator: the agent is installed for the whole machine. Start PowerShell with "Run as administrator".'
}
# Old Windows begins with TLS that no server takes any more; curl.exe has its own.
if ($Uninstall) { Uninstall-Agent } else { Install-Agent }
