# Prints what is true of a host and not ours to choose: one `fact<TAB>name<TAB>value` per line. Changes nothing.
# Given by the caller: $known_lock (checksum of the lock that the caller has); in $1 the SSH connection.
# shellcheck shell=dash
set -eu
fact() { printf 'fact\t%s\t%s\n' "$1" "$2"; }
# Shared: two looks do not wait for each other.
if [ -e /run/bednet/apply.lock ]; then
  flock -s -n -o /run/bednet/apply.lock true || {
    echo "bednet: another run is applying: waiting for it" >&2
    flock -s -o -w 1800 /run/bednet/apply.lock true
  }
fi
fact run "$(cat /var/lib/bednet/run 2>/dev/null || echo never)"
. /etc/os-release
fact distribution "$ID ${VERSION_ID:-}"
while read -r key value _; do
  case $key in MemTotal:) fact memory "$((value * 1024))" ;; esac
done </proc/meminfo
fact ssh "$1"
fact systemd "$([ -d /run/systemd/system ] && echo running || echo absent)"
fact ipv6 "$(cat /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null || echo 1)"
fact rehearsal "$([ -e /etc/bednet-rehearsal ] && echo yes || echo no)"
ss -Hltnp | while read -r _ _ _ address _ process; do fact socket "$address $process"; done
fact clients "$(ss -Htn state established '( sport = :8883 )' | wc -l)"
if [ -e /etc/bednet/fleet.lock ]; then
  sum=$(sha256sum </etc/bednet/fleet.lock)
  sum=${sum%% *}
  fact applied-lock "$sum"
  [ "$sum" = "$known_lock" ] || fact applied-text "$(gzip -c /etc/bednet/fleet.lock | base64 -w0)"
else
  fact applied-lock absent
fi
foreign_mosquitto | while read -r f; do fact foreign-mosquitto "$f"; done
if [ -e /var/lib/bednet/in-force ]; then fact ours yes; else
  fact ours no
  look_at_neighbours "$1"
fi
