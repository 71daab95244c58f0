# Installs the connector from this folder, without a network:
#   powershell -ExecutionPolicy Bypass -File install.ps1 [FOLDER]
# It only looks for a Python that is new enough; install.py does the rest.
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
$found = @()
foreach ($python in @($env:PYTHON, 'py', 'python')) {
    if (-not $python -or -not (Get-Command $python -ErrorAction SilentlyContinue)) {
        continue
    }
    & $python -c 'import sys; sys.exit(sys.version_info < (3, 11))'
    if ($LASTEXITCODE -eq 0) {
        & $python (Join-Path $here 'install.py') @args
        exit $LASTEXITCODE
    }
    $found += & $python -V
}
Write-Host "需要 Python 3.11 以上（64 位），本机没有（找到的：$found）。请先安装，或用环境变量 PYTHON 指明它在哪里。"
Write-Host "Python 3.11 or later, 64 bit, is needed and not there (found: $found). Install it, or say in the variable PYTHON where it is."
exit 2
