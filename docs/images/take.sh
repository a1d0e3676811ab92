#!/usr/bin/env bash
# Takes the pictures of every page, in both themes, some in French and on a phone: of an empty system, and then with the
# demo's campaign (Debian, Ubuntu).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

. ./.ci/packages.sh
require_dotnet
install_missing postgresql rabbitmq-server nodejs npm chromium
npm ci --prefix tests/Pages.Tests/node --no-audit --no-fund --loglevel error
dotnet build Campaigns.sln --nologo --verbosity quiet
artifacts/bin/Pages.Tests/debug/Pages.Tests -noLogo -explicit only -class Pages.Tests.Pictures
