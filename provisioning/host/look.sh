# Prints what is true of a host and not ours to choose: one `fact<TAB>name<TAB>value` per line. Changes nothing.
# A no-op is this and nothing else, so it starts as few processes as it can.
# Given by the caller: $known_lock (checksum of the lock that the caller has), look_at_paths (sets $abouts and $sums to what
# stat and sha256sum say about all paths).
# shellcheck shell=dash
set -eu
fact() { printf 'fact\t%s\t%s\n' "$1" "$2"; }
# line N FILE: $line is that line of a short file, empty where there is none.
line() {
  line=
  [ -e "$2" ] || return 0
  n=$1
  while [ "$n" -gt 0 ]; do
    n=$((n - 1)) line=
    IFS= read -r line || [ -n "$line" ] || break
  done <"$2"
}
newline='
'
# about PATH: $about is `OWNER:GROUP MODE TYPE`, sum_of PATH: $sum is its sha256; empty where there is none.
about() {
  about=${abouts#*"$newline$1 "}
  case $about in "$abouts") about= ;; *) about=${about%%"$newline"*} ;; esac
}
sum_of() {
  sum=${sums%%"  $1$newline"*}
  case $sum in "$sums") sum= ;; *) sum=${sum##*"$newline"} ;; esac
}

# Shared: two looks do not wait for each other.
wait_for_run() {
  if [ -e /run/bednet/apply.lock ]; then
    flock -s -n -o /run/bednet/apply.lock true || {
      echo "bednet: another run is applying: waiting for it" >&2
      flock -s -o -w 1800 /run/bednet/apply.lock true
    }
  fi
}

look_at_clients() { fact clients "$(ss -Htn state established '( sport = :8883 )' | wc -l)"; }

# look_at_facts SSH_CONNECTION
look_at_facts() {
  look_at_paths
  abouts=$newline$abouts$newline
  sums=$newline$sums$newline
  line 1 /var/lib/bednet/run
  fact run "${line:-never}"
  . /etc/os-release
  fact distribution "$ID ${VERSION_ID:-}"
  while read -r key value _; do
    [ "$key" != MemTotal: ] || break
  done </proc/meminfo
  fact memory "$((value * 1024))"
  if [ -d /run/systemd/system ]; then fact systemd running; else fact systemd absent; fi
  line 1 /proc/sys/net/ipv6/conf/all/disable_ipv6
  fact ipv6 "${line:-1}"
  if [ -e /etc/bednet-rehearsal ]; then fact rehearsal yes; else fact rehearsal no; fi
  if [ -e /etc/bednet/fleet.lock ]; then
    sum_of /etc/bednet/fleet.lock
    fact applied-lock "$sum"
    [ "$sum" = "$known_lock" ] || fact applied-text "$(gzip -c /etc/bednet/fleet.lock | base64 -w0)"
  else
    fact applied-lock absent
  fi
  look_at_mosquitto
  if [ -e /var/lib/bednet/in-force ]; then fact ours yes; else
    fact ours no
    look_at_neighbours "$1"
  fi
}
