# The wrapper on Windows: the same steps and the same files as wrapper.sh, for Windows PowerShell 5.1 or later.
# It is made for one run and told everything at once. In place of a signal it looks for the file "cancel"; in place
# of a start time it holds the file "alive" open, which the system closes when this process ends, however it ends.
param(
  [string] $Dir,
  [string] $Shell,
  [long] $TimeoutMs,
  [long] $GraceMs,
  [long] $MainBytesMax,
  [long] $TailBytesMax
)
$ErrorActionPreference = 'Stop'
# A process that the script left behind may hold its outputs open; it is waited for no longer than this.
$drainMs = 1000

try { $alive = [IO.File]::Open("$Dir\alive", 'OpenOrCreate', 'ReadWrite', 'None') } catch { exit 0 }

function New-Output([string] $Name) {
  @{
    Main  = [IO.File]::Open("$Dir\$Name", 'Append', 'Write', 'ReadWrite, Delete')
    Tail  = New-Object IO.MemoryStream
    Name  = $Name
    Bytes = New-Object byte[] 65536
    Read  = $null
    Pipe  = $null
  }
}

# Keeps a piece of output: the main file up to its limit, and the end in memory. The memory holds at most a few
# times the tail, and is cut down to the tail when it is full.
function Add-Output($Output, [int] $Count) {
  $room = [Math]::Min([long] $Count, $MainBytesMax - $Output.Main.Length)
  if ($room -gt 0) {
    $Output.Main.Write($Output.Bytes, 0, [int] $room)
    $Output.Main.Flush()
  }
  $Output.Tail.Write($Output.Bytes, 0, $Count)
  if ($Output.Tail.Length -gt 4 * $TailBytesMax + 65536) { Limit-Tail $Output }
}

function Limit-Tail($Output) {
  $all = $Output.Tail.ToArray()
  $keep = [int] [Math]::Min([long] $all.Length, $TailBytesMax)
  $Output.Tail = New-Object IO.MemoryStream
  $Output.Tail.Write($all, $all.Length - $keep, $keep)
}

$outputs = @((New-Output 'stdout'), (New-Output 'stderr'))
$start = New-Object Diagnostics.ProcessStartInfo
$start.FileName = $Shell
$start.Arguments = "-NoProfile -NonInteractive -ExecutionPolicy Bypass -File `"$Dir\script.ps1`""
$start.WorkingDirectory = "$Dir\work"
$start.UseShellExecute = $false
$start.CreateNoWindow = $true
$start.RedirectStandardInput = $true
$start.RedirectStandardOutput = $true
$start.RedirectStandardError = $true
$start.EnvironmentVariables['NERDY_RUN'] = [IO.Path]::GetFileName($Dir)

# The claim, the last act before the script. A file that is already there is another's claim, or the agent's word
# that this run must not start.
try { $claim = [IO.File]::Open("$Dir\started", 'CreateNew', 'Write', 'Read') } catch { exit 0 }
$born = [Diagnostics.Process]::GetCurrentProcess().StartTime.ToFileTimeUtc()
$line = [Text.Encoding]::ASCII.GetBytes("$PID $born`n")
$claim.Write($line, 0, $line.Length)
$claim.Close()
$script = [Diagnostics.Process]::Start($start)
$script.StandardInput.Close()
$outputs[0].Pipe = $script.StandardOutput.BaseStream
$outputs[1].Pipe = $script.StandardError.BaseStream
foreach ($output in $outputs) { $output.Read = $output.Pipe.ReadAsync($output.Bytes, 0, 65536) }

$how = 'exited'
$watch = [Diagnostics.Stopwatch]::StartNew()
$endedAtMs = $null
while ($true) {
  $open = @($outputs | Where-Object { $_.Read })
  if ($open.Count -gt 0) {
    [void] [Threading.Tasks.Task]::WaitAny(@($open | ForEach-Object { $_.Read }), 50)
  } else {
    [void] $script.WaitForExit(50)
  }
  foreach ($output in $open) {
    if (-not $output.Read.IsCompleted) { continue }
    $count = if ($output.Read.IsFaulted) { 0 } else { $output.Read.Result }
    if ($count -gt 0) {
      Add-Output $output $count
      $output.Read = $output.Pipe.ReadAsync($output.Bytes, 0, 65536)
    } else {
      $output.Read = $null
    }
  }
  if ($script.HasExited) {
    if ($null -eq $endedAtMs) { $endedAtMs = $watch.ElapsedMilliseconds }
    $isClosed = @($outputs | Where-Object { $_.Read }).Count -eq 0
    if ($isClosed -or $watch.ElapsedMilliseconds - $endedAtMs -gt $drainMs) { break }
    continue
  }
  if ($how -ne 'exited') { continue }
  if (Test-Path -LiteralPath "$Dir\cancel") { $how = 'cancelled' }
  elseif ($watch.ElapsedMilliseconds -gt $TimeoutMs) { $how = 'timed_out' }
  # A console program without a window can't be asked to end, so there is no grace to give: the tree is killed.
  if ($how -ne 'exited') { & "$env:SystemRoot\System32\taskkill.exe" /T /F /PID $script.Id | Out-Null }
}

$isClosed = @($outputs | Where-Object { $_.Read }).Count -eq 0
foreach ($output in $outputs) {
  Limit-Tail $output
  if ($null -eq $output.Read) {
    $file = [IO.File]::Open("$Dir\$($output.Name).tail", 'Create', 'Write', 'Read')
    $output.Tail.WriteTo($file)
    $file.Flush($true)
    $file.Close()
  }
  $output.Main.Flush($true)
}
$ending = if ($isClosed) { 'closed' } else { "open $($outputs[0].Main.Length) $($outputs[1].Main.Length)" }
foreach ($output in $outputs) { $output.Main.Close() }
$code = if ($how -eq 'exited') { $script.ExitCode } else { 137 }
$line = [Text.Encoding]::ASCII.GetBytes("$how $code $ending`n")
$file = [IO.File]::Open("$Dir\exit.tmp", 'Create', 'Write', 'Read')
$file.Write($line, 0, $line.Length)
$file.Flush($true)
$file.Close()
[IO.File]::Move("$Dir\exit.tmp", "$Dir\exit")
