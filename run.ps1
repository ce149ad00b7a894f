# A thin wrapper over dotnet: ./run.ps1 TASK [arguments…]
param(
    [Parameter(Position = 0)] [string] $Task = 'help',
    [Parameter(Position = 1, ValueFromRemainingArguments = $true)] [string[]] $Rest = @()
)

$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot

switch ($Task) {
    'build' { dotnet build -c Release @Rest }
    'test' { dotnet test -c Release @Rest }
    'format' { dotnet tool restore; dotnet csharpier format . }
    'publish' { dotnet publish src/StreamEtl.Cli -c Release -o out @Rest }
    'perf' { dotnet run --project perf/StreamEtl.Perf -c Release -- @Rest }
    'demo' { dotnet run --project src/StreamEtl.Cli -c Release -- 'diff' 'samples/runways-2026-08-21.csv.gz' 'samples/runways-2026-08-22.csv.gz' --key id -o '-' }
    'test-scanners' {
        foreach ($scanner in 'scalar', 'vector128', 'vector256', 'vector512') {
            $env:STREAMETL_SCANNER = $scanner
            dotnet test tests/StreamEtl.Tests -c Release @Rest
        }
        Remove-Item Env:STREAMETL_SCANNER
    }
    default { Write-Output 'tasks: build, test, test-scanners, format, publish, perf, demo' }
}

exit $LASTEXITCODE
