#!/usr/bin/env bash
# Install what is missing, and nothing else: `deploy/setup.sh run` for the platform and its demo,
# `deploy/setup.sh dev` for the tests and tools as well. Quick when nothing is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kind=${1:-run}
venv=.venv
exec 9<requirements && flock 9 # two set-ups at once would write into one environment
say() { printf '%s\n' "setup: $*" >&2; }
fail() { say "$*"; exit 1; }

case $kind in
  run) packages=() ;;
  # A browser with Chinese fonts and a library that its driver needs, the second PostgreSQL,
  # two judges of printed papers, and a scanner of uploads.
  dev) packages=(chromium fonts-noto-cjk libatomic1 postgresql-15 libreoffice-writer-nogui
    poppler-utils clamav-daemon) ;;
  *) fail "say run or dev, not $kind" ;;
esac

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
has_venv() { "$1" -c 'import venv, ensurepip' >/dev/null 2>&1; }

find_python() {
  local name
  for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
    if new_enough "$name" && has_venv "$name"; then
      printf '%s' "$name"
      return
    fi
  done
  return 1
}

installed() { [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | cut -c2)" = i ]; }

missing_packages() {
  local name
  for name in "$@"; do
    installed "$name" || printf '%s ' "$name"
  done
}

# Set `root` to the command that makes us root, or say in one line what somebody else must install.
become_root() {
  if [ "$(id -u)" = 0 ]; then
    root=()
  elif sudo -n true 2>/dev/null; then
    root=(sudo -n)
  elif [ -t 0 ] && command -v sudo >/dev/null; then
    root=(sudo)
  else
    fail "please install these Debian packages as root, then try again: $*"
  fi
}

apt_install() {
  command -v apt-get >/dev/null || fail "this needs the programs of these Debian packages: $*"
  become_root "$@"
  say "installing Debian packages: $*"
  local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
  local no_cluster=/etc/postgresql-common/createcluster.d/cleanprod-setup.conf
  if [[ " $* " == *" postgresql-15 "* ]]; then
    # Only its programs are wanted: no server, no data, no port of its own.
    "${root[@]}" mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' | "${root[@]}" tee "$no_cluster" >/dev/null
  fi
  local log result=0
  log=$(mktemp)
  { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "$@"; } \
    </dev/null >"$log" 2>&1 || result=$?
  "${root[@]}" rm -f "$no_cluster"
  [ "$result" = 0 ] || tail -n 20 "$log" >&2
  rm -f "$log"
  [ "$result" = 0 ] || fail "apt-get could not install: $*"
}

# A stamp tells which files were installed where; a moved or broken environment is made anew.
here=$(pwd -P)
stamp_of() { printf '%s %s' "$here" "$(sha256sum <"requirements/$1.txt")"; }
stamped() { [ "$(cat "$venv/installed-$1" 2>/dev/null)" = "$(stamp_of "$1")" ]; }
moved() { compgen -G "$venv/installed-*" >/dev/null && ! grep -qF "$here " "$venv"/installed-*; }
usable() { "$venv/bin/python" -m pip --version >/dev/null 2>&1 && ! moved; }

want=$(missing_packages "${packages[@]}")
if [ -x "${CHROMIUM:-}" ]; then # the tests take this one
  want=${want/chromium /}
fi
usable && ready=yes || ready=
if [ -z "$ready" ] && ! find_python >/dev/null; then
  want+="python3 python3-venv"
fi
# shellcheck disable=SC2086 # one word per package
[ -z "$want" ] || apt_install $want

if [ -z "$ready" ]; then
  python=$(find_python) || fail "Python 3.11 or newer with venv is needed"
  say "making $venv with $("$python" --version)"
  "$python" -m venv --clear "$venv"
fi
if ! stamped "$kind"; then
  say "installing requirements/$kind.txt into $venv (a minute or two the first time)"
  "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-input --require-hashes \
    -r "requirements/$kind.txt" </dev/null
  if [ "$kind" = dev ]; then # it holds everything that run holds
    stamp_of run >"$venv/installed-run"
  fi
  stamp_of "$kind" >"$venv/installed-$kind"
fi
