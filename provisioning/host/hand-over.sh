# What a host that serves gives to its successor, on stdout, while it goes on serving. 78: there is nothing of the kind.
# shellcheck shell=dash
set -eu

say() { printf 'bednet: %s\n' "$*" >&2; }

# hand_over_certificate NAME: the lineage, and the account that renews it.
hand_over_certificate() {
  cd /etc/letsencrypt 2>/dev/null && [ -e "live/$1/fullchain.pem" ] && [ -e "renewal/$1.conf" ] || exit 78
  tar -c accounts "archive/$1" "live/$1" "renewal/$1.conf"
}

# hand_over_database FILE: retained messages, durable sessions and what is queued for them, as of now.
hand_over_database() {
  broker=$(systemctl show -p MainPID --value mosquitto.service)
  if [ "$broker" != 0 ]; then
    before=$(inode "$1")
    kill -USR1 "$broker"
    # It writes beside its place and renames, so what is there has another inode and is whole.
    waited=0
    until [ "$(inode "$1")" != "$before" ]; do
      waited=$((waited + 1))
      [ "$waited" -le 600 ] || {
        say "the broker did not save $1 within 120 s"
        exit 1
      }
      sleep 0.2
    done
  fi
  [ -e "$1" ] || exit 78
  printf 'bednet-event: saved\n' >&2
  # Opened once: later saves replace the name, not what is being read.
  cat "$1"
}

inode() { stat -c %i "$1" 2>/dev/null || echo none; }
