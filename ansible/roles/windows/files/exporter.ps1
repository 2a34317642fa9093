# NEVER RUN. Installs windows_exporter where it is not there, and lets only the poller through the firewall.
param([string]$Url, [string]$Sha256, [int]$Port, [string]$Poller)
$ErrorActionPreference = 'Stop'
$changed = $false
$msi = Join-Path $env:TEMP 'windows_exporter.msi'

if (-not (Get-Service -Name windows_exporter -ErrorAction SilentlyContinue)) {
    Invoke-WebRequest -UseBasicParsing -Uri $Url -OutFile $msi
    if ((Get-FileHash -Algorithm SHA256 -Path $msi).Hash -ne $Sha256.ToUpper()) { throw "$Url is not the package with that SHA-256" }
    $done = Start-Process msiexec.exe -Wait -PassThru -ArgumentList '/i', $msi, '/qn', '/norestart', "LISTEN_PORT=$Port"
    if ($done.ExitCode -notin 0, 3010) { throw "msiexec ended with $($done.ExitCode)" }
    $changed = $true
}

$name = 'Regiowacht windows_exporter'
$rule = Get-NetFirewallRule -DisplayName $name -ErrorAction SilentlyContinue
if ($rule -and ($rule | Get-NetFirewallAddressFilter).RemoteAddress -ne $Poller) { $rule | Remove-NetFirewallRule; $rule = $null }
if (-not $rule) {
    New-NetFirewallRule -DisplayName $name -Direction Inbound -Protocol TCP -LocalPort $Port -RemoteAddress $Poller -Action Allow | Out-Null
    $changed = $true
}

Remove-Item -Path $msi -ErrorAction SilentlyContinue
if ($changed) { 'changed: yes' } else { 'changed: no' }
