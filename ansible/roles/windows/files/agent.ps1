# NEVER RUN. Has an agent (reader psutil) run as a task that starts with the machine.
param([string]$Python, [string]$Folder, [string]$Wheels, [string]$Config)
$ErrorActionPreference = 'Stop'
$changed = $false
$venv = Join-Path $Folder 'venv'
$program = Join-Path $venv 'Scripts\regiowacht.exe'
$told = Join-Path $Folder 'agent.toml'
$print = (Get-ChildItem $Wheels -Filter *.whl | Sort-Object Name | Get-FileHash -Algorithm SHA256 | ForEach-Object Hash) -join ' '
New-Item -ItemType Directory -Force -Path $Folder | Out-Null
$note = Join-Path $Folder 'installed-from'

if (-not (Test-Path $program) -or -not (Test-Path $note) -or (Get-Content -Raw $note).Trim() -ne $print) {
    Stop-ScheduledTask -TaskName Regiowacht -ErrorAction SilentlyContinue
    & $Python -m venv $venv
    if ($LASTEXITCODE) { throw 'python -m venv failed' }
    & (Join-Path $venv 'Scripts\python.exe') -m pip install --no-index --find-links $Wheels --force-reinstall 'regiowacht[agent]'
    if ($LASTEXITCODE) { throw 'pip failed' }
    Set-Content -Path $note -Value $print
    $changed = $true
}

if (-not (Test-Path $told) -or (Get-FileHash $told).Hash -ne (Get-FileHash $Config).Hash) {
    Copy-Item -Path $Config -Destination $told
    Stop-ScheduledTask -TaskName Regiowacht -ErrorAction SilentlyContinue
    $changed = $true
}

# Only administrators and the system read what the agent is told.
icacls $Folder /inheritance:r /grant:r '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-18:(OI)(CI)F' | Out-Null

if (-not (Get-ScheduledTask -TaskName Regiowacht -ErrorAction SilentlyContinue)) {
    $action = New-ScheduledTaskAction -Execute $program -Argument "agent run --config `"$told`""
    $settings = New-ScheduledTaskSettingsSet -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) -ExecutionTimeLimit 0
    Register-ScheduledTask -TaskName Regiowacht -Action $action -Trigger (New-ScheduledTaskTrigger -AtStartup) `
        -Settings $settings -User 'NT AUTHORITY\LOCAL SERVICE' | Out-Null
    icacls $Folder /grant '*S-1-5-19:(OI)(CI)RX' | Out-Null
    $changed = $true
}
Start-ScheduledTask -TaskName Regiowacht
if ($changed) { 'changed: yes' } else { 'changed: no' }
