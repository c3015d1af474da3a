#!/usr/bin/env bash
# Installs the Debian packages it is given, where root runs it in CI and apt is there: debian_packages.sh PACKAGE…
# What goes wrong is told in one line and is no error: the tests that need a package skip with their reason.
set -uo pipefail

# For all of them together.
MOST_SECONDS=300

lacks() {
    [[ "$(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null)" != installed ]]
}

# A service that a package starts would hold the output open that it was given: that is a file.
apt() {
    timeout --kill-after=10 "$((MOST_SECONDS > SECONDS ? MOST_SECONDS - SECONDS : 1))" \
        env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=60 "$@" </dev/null >"$log" 2>&1
}

[[ -n "${CI:-}" && "$EUID" == 0 ]] && type -P apt-get dpkg-query timeout >/dev/null || exit 0

wanted=()
for package in "$@"; do
    lacks "$package" && wanted+=("$package")
done
((${#wanted[@]})) || exit 0

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A list that cannot be fetched may be of another archive than the packages'.
apt update
for package in "${wanted[@]}"; do
    apt install --yes --no-install-recommends --no-upgrade "$package" && continue
    reason=$(grep --max-count=1 '^E:' "$log" || echo "nothing after $SECONDS s")
    echo "$package is not installed ($reason); tests that need it are skipped" >&2
done
exit 0
