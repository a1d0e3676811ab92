#!/usr/bin/env bash
# As root: installs the distribution's packages that are named, and starts and enables none of their services.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
undo=()
trap 'for step in "${undo[@]}"; do $step; done' EXIT

# Debian asks this program before it starts a service; 101 means no. https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  undo+=("rm -f /usr/sbin/policy-rc.d")
fi

install() { apt-get install -y -q --no-install-recommends "$@"; }
install_fresh() { install "$@" || { apt-get update -q && install "$@"; }; }

# Else the package creates and starts a database cluster of its own.
case " $* " in
  *" postgresql "*)
    install_fresh postgresql-common
    clusters=/etc/postgresql-common/createcluster.conf
    before=$(mktemp)
    cp -p "$clusters" "$before"
    undo+=("mv -f $before $clusters")
    echo 'create_main_cluster = false' >>"$clusters"
    ;;
esac

install_fresh "$@"

# Installed by us, so nobody has come to rely on them; nor shall the next boot start them.
if [ -d /run/systemd/system ]; then
  for name in "$@"; do
    case "$name" in postgresql | rabbitmq-server) systemctl disable --now "$name" || true ;; esac
  done
fi
