# The frame of a run on the host, as root, in a unit of its own. The calls that converge chose follow below all this text.
# Given by the caller: $work (this run's folder), $seen_run (the run after which the host was looked at), $prover (who logs
# in to prove the broker). Lists that are too long for a word lie in $work.
# shellcheck shell=dash
set -eu
umask 077
state=/var/lib/bednet
stage=$work/stage
packages=

say() { printf 'bednet: %s\n' "$*"; }
die() {
  say "$*"
  exit 1
}
event() { printf 'bednet-event: %s\n' "$*"; }

# part OFFSET LENGTH: one of the contents that came along. In this order nobody writes into a pipe that is closed.
part() { [ "$2" = 0 ] || head -c "$(($1 + $2))" "$work/payload" | tail -c "$2"; }

# One run at a time, and only on what was looked at: a difference to something else would be half of two wishes.
begin() {
  trap 'cp "$work/log" "$state/apply.log" 2>/dev/null || true; rm -rf "$work"' EXIT
  exec 9>/run/bednet/apply.lock
  # A look holds it for a moment only.
  flock -w 1 9 || {
    say "another run is applying: waiting for it"
    flock 9
  }
  last_run=$(cat "$state/run" 2>/dev/null || echo never)
  [ "$last_run" = "$seen_run" ] || exit 76
  mkdir -p "$stage"
  # Of a run that was killed while it wrote.
  find /etc /usr/local/lib "$state" -name '.bednet.*' -delete
  printf '%s\n' "${work##*.}" | put "$state/run" root root 600
}

step() {
  end_step
  printf 'bednet-step: %s\n' "$1"
}

end_step() {
  [ -z "$packages" ] || install_packages
  packages=
}

# lay PATH OWNER GROUP MODE <content: whole and on the disk, beside its place.
lay() {
  laid=$(beside "$1")
  if { [ -d "${1%/*}" ] || install -d -m 0755 "${1%/*}"; } && rm -f "$laid" && cat >"$laid" &&
    chown "$2:$3" "$laid" && chmod "$4" "$laid" && sync "$laid"; then return; fi
  rm -f "$laid"
  say "could not write $1; it is as it was"
  return 1
}

beside() { printf '%s/.bednet.%s' "${1%/*}" "${1##*/}"; }

# put PATH OWNER GROUP MODE <content: whole or not there, at any moment.
put() {
  lay "$@" || exit 1
  mv -f "$(beside "$1")" "$1"
}

# stage PATH OWNER GROUP MODE <content: for the broker, far from its place. Only put_in_force brings it there.
stage() {
  mkdir -p "$stage${1%/*}"
  cat >"$stage$1"
  printf '%s %s %s %s\n' "$1" "$2" "$3" "$4" >>"$stage/list"
}
