#!/usr/bin/env bash
# Installs what the local run needs, builds, and starts it. See --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

case "${1:-}" in
  -h | --help)
    cat <<'HELP'
Usage: ./run.sh [--demo]

Starts Campaigns on this machine: PostgreSQL, RabbitMQ, the services, the gateway and, without Twilio credentials, the
built-in emulator. Prints the address and the administrator's password. Ctrl-C stops everything.

  --demo    runs a small campaign on virtual phones once everything is up

PostgreSQL and RabbitMQ are installed from the distribution's packages if they are missing (Debian, Ubuntu; with sudo
when needed); they run privately, no system-wide server is started. Settings come from the environment or a .env file
here: see README.md.
HELP
    exit 0
    ;;
  "" | --demo) ;;
  *)
    echo "Unknown argument: $1 (see ./run.sh --help)" >&2
    exit 2
    ;;
esac

. ./.ci/packages.sh
require_dotnet
install_missing postgresql rabbitmq-server

# Not "dotnet run": it would stand between us and the signals that stop the run.
dotnet build AppHost --nologo --verbosity quiet
exec dotnet artifacts/bin/AppHost/debug/AppHost.dll "$@"
