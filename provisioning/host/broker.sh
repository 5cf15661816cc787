# A new configuration comes into force: tried beside the broker first, then put in its place, then proved, or taken back.
# What the broker has in force is stamped after the proof, so a run that was killed at any point is finished by the next.

# put_in_force EFFECT DIGEST DIGEST DOMAIN PATH...: the digests are of what takes a restart and of what takes a reload.
put_in_force() {
  effect=$1 restart_digest=$2 reload_digest=$3 domain=$4
  shift 4
  touch "$stage/list" "$work/adopt"
  try_candidate "$domain"
  keep_generation "$@"
  place
  if act "$effect" && prove 127.0.0.1 1883 8883 "$domain"; then
    stamp "$restart_digest" "$reload_digest"
    end_generation
    return
  fi
  reason=$(cat "$work/why")
  say "the new configuration did not prove itself ($reason): putting the previous one back"
  if ! put_back "$effect" || { [ -e "$state/in-force" ] && ! prove 127.0.0.1 1883 8883 "$domain"; }; then
    die "the previous configuration does not prove itself either: $(cat "$work/why")"
  fi
  rm -rf "$state/pending"
  die "the new configuration was not taken: $reason; the previous one is in force, its passwords too"
}

# All are written before the first is renamed: a full disk stops here, with nothing changed.
place() {
  while read -r path owner group mode; do
    lay "$path" "$owner" "$group" "$mode" <"$stage$path" || {
      find /etc -name '.bednet.*' -delete
      exit 1
    }
  done <"$stage/list"
  while read -r path; do adopt "$path"; done <"$work/adopt"
  while read -r path rest; do mv -f "$(beside "$path")" "$path"; done <"$stage/list"
}

# A copy of somebody else's configuration is kept for its owner; what comes back after a failure is in the generation.
adopt() {
  [ -e "$1" ] || return 0
  mkdir -p "$state/adopted${1%/*}"
  cp -a "$1" "$state/adopted$1"
  if [ "$1" = /etc/mosquitto/mosquitto.conf ]; then main_conf | put "$1" root root 644; else rm "$1"; fi
  say "moved aside: $1 is kept as $state/adopted$1"
}

# The distribution's own mosquitto.conf, in effect: what is there, or, where it was changed and is adopted, this.
main_conf() {
  if grep -qxF /etc/mosquitto/mosquitto.conf "$work/adopt"; then
    printf '%s\n' 'pid_file /run/mosquitto/mosquitto.pid' 'persistence true' 'persistence_location /var/lib/mosquitto/' \
      'log_dest file /var/log/mosquitto/mosquitto.log' 'include_dir /etc/mosquitto/conf.d'
  else
    cat /etc/mosquitto/mosquitto.conf
  fi
}

act() {
  if [ "$1" = reload ] && systemctl is-active --quiet mosquitto.service; then
    say "reloading the broker: no client is dropped"
    systemctl reload mosquitto.service 2>/dev/null && return
  else
    say "restarting the broker"
    systemctl daemon-reload
    systemctl reset-failed mosquitto.service 2>/dev/null || true
    systemctl restart mosquitto.service 2>/dev/null 9>&- && return
  fi
  journalctl -q -n 3 -o cat -u mosquitto.service
  echo "mosquitto.service did not $1" >"$work/why"
  return 1
}

# The second line tells the mosquitto.conf that was there from one that somebody changes later.
stamp() {
  { printf '%s %s\n' "$1" "$2" && sha256sum </etc/mosquitto/mosquitto.conf; } | put "$state/in-force" root root 600
}
