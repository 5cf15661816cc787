# What a successor takes from the host that serves, whole or not at all. It may be repeated until the address has come here.
# shellcheck shell=dash
set -eu
umask 077
state=/var/lib/bednet

say() { printf 'bednet: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# Beside every other run. What a killed one left goes with it. 79: the address has been here already, so what is here counts.
begin() {
  install -d -m 0755 /run/bednet
  install -d -m 0700 "$state"
  work=$(mktemp -d "$state/taken-over.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  since=$(date +%s)
  arrive "$work/all"
  exec 9>/run/bednet/apply.lock
  flock -w 1800 9 || die "another run has been applying for half an hour"
  [ ! -e "$state/served" ] || exit 79
  for old in "$state"/taken-over.*; do [ "$old" = "$work" ] || rm -rf "$old"; done
}

# take_certificate_over NAME: `live` comes last, since a look takes what is there for a certificate.
take_certificate_over() {
  begin
  cd /etc/letsencrypt
  tar -x -p -f "$work/all" -C "$work" accounts "archive/$1" "live/$1" "renewal/$1.conf"
  certified=$(openssl x509 -in "$work/live/$1/fullchain.pem" -noout -pubkey)
  [ "$certified" = "$(openssl pkey -in "$work/live/$1/privkey.pem" -pubout)" ] ||
    die "the certificate that came and its key do not belong together"
  install -d -m 0700 accounts archive live
  install -d -m 0755 renewal
  cp -a "$work/accounts/." accounts/
  rm -rf "live/$1" "archive/$1"
  mv "$work/archive/$1" archive/
  mv "$work/renewal/$1.conf" renewal/
  mv "$work/live/$1" live/
}

# take_database_over FILE
take_database_over() {
  begin
  chown mosquitto:mosquitto "$work/all"
  chmod 0600 "$work/all"
  sync "$work/all"
  # A broker that stops saves what it has over what was put there.
  systemctl stop mosquitto.service 9>&-
  mv -f "$work/all" "$1"
  # What is said to the other from this moment on stays there.
  echo "$since" >"$state/inherited"
  systemctl reset-failed mosquitto.service 2>/dev/null || true
  systemctl start mosquitto.service 2>/dev/null 9>&- && return
  journalctl -q -n 5 -o cat -u mosquitto.service >&2
  rm -f "$1" "$state/inherited"
  systemctl start mosquitto.service 2>/dev/null 9>&- || true
  die "the broker does not start from the database that came; it runs without one"
}

# mark_served: the address has come; prints how many seconds ago the database was asked for, the first time only.
mark_served() {
  [ ! -e "$state/served" ] || return 0
  date +%s >"$state/served.new"
  mv "$state/served.new" "$state/served"
  [ ! -e "$state/inherited" ] || echo "$(($(date +%s) - $(cat "$state/inherited")))"
}
