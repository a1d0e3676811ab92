# Sourced by run.sh and test.sh: installs what is missing from the distribution's packages, and nothing else changes on
# the machine: servers that come with a package are neither started nor enabled.

require_dotnet() {
  if ! command -v dotnet >/dev/null; then
    echo "The .NET SDK 10 is not installed: https://dotnet.microsoft.com/download" >&2
    exit 1
  fi
}

# Is what the package NAME gives us there already, from whatever source?
is_present() {
  case "$1" in
    postgresql) [ -n "${CAMPAIGNS_POSTGRES_BIN:-}" ] || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null ;;
    rabbitmq-server) [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || [ -x /opt/rabbitmq/sbin/rabbitmq-server ] || command -v rabbitmq-server >/dev/null ;;
    nodejs) command -v node >/dev/null ;;
    npm) command -v npm >/dev/null ;;
    curl) command -v curl >/dev/null ;;
    chromium) [ -x /usr/bin/chromium ] ;;
    faketime) compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null ;;
  esac
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -- "$@"; fi
}

install_missing() {
  local name missing=()
  for name in "$@"; do
    is_present "$name" || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  if ! command -v apt-get >/dev/null || { [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; }; then
    echo "Not installed on this machine: ${missing[*]}. Install them, on Debian or Ubuntu: apt-get install -y ${missing[*]}" >&2
    exit 1
  fi

  echo "Installing ${missing[*]}…" >&2
  as_root bash .ci/install-packages.sh "${missing[@]}"
}
