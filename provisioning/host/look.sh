# What is true of this host and not ours to choose: one `fact<TAB>name<TAB>value` per line. Changes nothing.
# Given by the caller: $known_lock (checksum of the lock that the caller has); in $1 the SSH connection.
set -eu
fact() { printf 'fact\t%s\t%s\n' "$1" "$2"; }
if [ -e /run/bednet/apply.lock ]; then
  flock -n -o /run/bednet/apply.lock true || {
    echo "bednet: another run is applying: waiting for it" >&2
    flock -o -w 900 /run/bednet/apply.lock true
  }
fi
. /etc/os-release
fact distribution "$ID $VERSION_ID"
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
  # Not ours yet: who else lives here?
  for f in /etc/mosquitto/conf.d/*.conf; do [ ! -e "$f" ] || fact foreign-mosquitto "$f"; done
  if [ -e /etc/mosquitto/mosquitto.conf ]; then
    was=$(dpkg-query -W -f '${Conffiles}\n' mosquitto 2>/dev/null | sed -n 's#^ /etc/mosquitto/mosquitto.conf ##p')
    is=$(md5sum </etc/mosquitto/mosquitto.conf)
    [ "${was%% *}" = "${is%% *}" ] || fact foreign-mosquitto /etc/mosquitto/mosquitto.conf
  fi
  if command -v ufw >/dev/null && ufw status 2>/dev/null | grep -q '^Status: active'; then
    fact ufw "$(ufw status | awk '$2 == "ALLOW" { printf "%s ", $1 }')"
  fi
  if command -v firewall-cmd >/dev/null && firewall-cmd --state >/dev/null 2>&1; then fact firewalld "$(firewall-cmd --list-ports)"; fi
fi
