#!/usr/bin/env bash
# Install Debian packages when this is possible here, else say in one line what to install.
#   packages.sh optional|required "what for" package…
set -euo pipefail
need=$1 purpose=$2
shift 2
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1 ||
    { apt-get update -qq >>"$log" 2>&1 && apt-get install -y -qq --no-install-recommends "$@" >>"$log" 2>&1; }; then
    exit 0
  fi
  tail -n 3 "$log" >&2
fi
echo "${purpose}需要安装：sudo apt-get install $*" >&2
[ "$need" = optional ]
