#!/bin/sh
# What the browser tests need from the system: Chromium, Firefox, and letters for Vietnamese and Khmer.
set -eu
need=""
# The same engine without a window costs half; where the system does not offer it, the whole browser serves.
engine() {
    command -v chromium-headless-shell >/dev/null || ! apt-cache show chromium-headless-shell >/dev/null 2>&1 \
        || need="$need chromium-headless-shell"
}
command -v chromium >/dev/null || need="$need chromium"
engine
command -v firefox-esr >/dev/null || command -v firefox >/dev/null || need="$need firefox-esr"
find /usr/share/fonts -iname '*khmer*' 2>/dev/null | grep -q . || need="$need fonts-noto-core"
[ -n "$need" ] || exit 0
if ! command -v apt-get >/dev/null; then
    echo "The browser tests need:$need. Install them with your system's package manager." >&2
    exit 1
fi
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
echo "Installing$need …"
$as_root apt-get update -qq
engine
# shellcheck disable=SC2086 (a list of words)
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $need >/dev/null
