#!/usr/bin/env bash
# Installs the VS Code that the tests run, from npm alone.  usage: install.sh DIRECTORY
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
npm=(npm --no-audit --no-fund --loglevel=error --ignore-scripts)  # the scripts compile what is not needed here
cp "$here/package.json" "$here/package-lock.json" .
"${npm[@]}" ci
cd node_modules/code-server/lib/vscode
"${npm[@]}" install --omit=dev  # its lock file does not fit, so not `ci`
# They call home.
rm -rf extensions/{copilot,github,github-authentication,microsoft-authentication,tunnel-forwarding}
rm -rf extensions/ms-vscode.* node_modules/@github/copilot-sdk-* node_modules/@microsoft/mxc-sdk
