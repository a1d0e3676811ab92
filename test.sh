#!/usr/bin/env bash
# Installs what the tests need, builds, checks the format, runs every test. See --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

case "${1:-}" in
  -h | --help)
    cat <<'HELP'
Usage: ./test.sh [--faults]

Builds the solution with warnings as errors, checks its format, and runs all tests against a real PostgreSQL and
RabbitMQ, which are started privately (or TEST_POSTGRES, a connection string, and TEST_AMQP_URL are used). Installs
PostgreSQL, RabbitMQ, Node.js, npm, Chromium and curl if they are missing (Debian, Ubuntu; with sudo when needed).

The fault suite (processes killed at every step of a send, servers away, a provider that misbehaves; each time the
provider's log is compared with our books) is part of it in a short form. With --faults only the suite is run, in full:
about an hour. Its table is printed before the last line and kept as artifacts/faults.md.

The last line is "N passed, N failed, N skipped"; the exit code is 0 only if nothing failed.
HELP
    exit 0
    ;;
  --faults)
    projects=tests/Faults.Tests
    export FAULTS=full
    ;;
  "") projects=tests/*.Tests ;;
  *)
    echo "Unknown argument: $1 (see ./test.sh --help)" >&2
    exit 2
    ;;
esac

. ./.ci/packages.sh
require_dotnet
needed=(postgresql rabbitmq-server)
[ -z "${FAULTS:-}" ] || needed+=(faketime)
[ -n "${FAULTS:-}" ] || needed+=(nodejs npm chromium curl)
install_missing "${needed[@]}"

dotnet build Campaigns.sln --nologo --verbosity quiet
dotnet format Campaigns.sln --no-restore --verify-no-changes
if [ -z "${FAULTS:-}" ]; then
  for folder in tests/*.Tests/node; do
    npm ci --prefix "$folder" --no-audit --no-fund --loglevel error
  done
fi

results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
broken=0
# A test that hangs ends its project, and is a failure.
limit=15m
[ -z "${FAULTS:-}" ] || limit=120m
# shellcheck disable=SC2086 # the pattern is meant to expand
for project in $projects; do
  name=${project##*/}
  echo "== $name"
  # The test project is a program; its report holds the counts, also when it fails.
  timeout --kill-after=10 "$limit" "artifacts/bin/$name/debug/$name" -noLogo -noColor -xml "$results/$name.xml" || [ -s "$results/$name.xml" ] || broken=$((broken + 1))
done

cat artifacts/faults.md 2>/dev/null || true

# What failed and why, once more and at the end, where it is looked for.
cat /dev/null "$results"/*.xml | tr -d '\r' | sed 's/></>\n</g' | awk '
  /^<test .* result="Fail"/ { name = $0; sub(/^.* name="/, "", name); sub(/".*/, "", name); print "FAILED " name; failed = 1 }
  failed && /^<message>/ { lines = 12; failed = 0 }
  lines > 0 && /<\/message>/ { last = 1 }
  lines > 0 { gsub(/<\/?message>|<!\[CDATA\[|\]\]>/, ""); if ($0 != "") { print "  " $0; lines-- } }
  last { lines = last = 0 }'

# A project that died without a report counts as one failure.
cat /dev/null "$results"/*.xml | tr -d '\r' | awk -v failed="$broken" '
  function number(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3) + 0 : 0 }
  { gsub(/></, ">\n<") }
  {
    count = split($0, elements, "\n")
    for (i = 1; i <= count; i++) if (elements[i] ~ /^<assembly /) {
      $0 = elements[i]
      passed += number("passed"); failed += number("failed") + number("errors"); skipped += number("skipped")
    }
  }
  END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped; exit failed > 0 || passed == 0 }'
