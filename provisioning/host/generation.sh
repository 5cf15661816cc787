# The generation before: what the broker read until now, whole, kept until what comes has proved itself, and one longer.
# `pending`: a new one is being tried, or was when a run was killed. `previous`: what `bednet rollback` puts back.

# keep_generation PATH...
keep_generation() {
  if [ ! -d "$state/pending" ]; then
    rm -rf "$state/pending.new"
    mkdir -p "$state/pending.new/files"
    { printf '%s\n' "$@" && cat "$work/adopt"; } | while read -r path; do
      if [ -e "$path" ]; then cp -a --parents "$path" "$state/pending.new/files"; else echo "$path" >>"$state/pending.new/absent"; fi
    done
    cat "$state/in-force" >"$state/pending.new/in-force" 2>/dev/null || echo never >"$state/pending.new/in-force"
    sync -f "$state/pending.new"
    mv "$state/pending.new" "$state/pending"
  fi
  # What may be running from now on, should nobody come back to tell.
  echo "$restart_digest" >>"$state/pending/tried"
}

end_generation() {
  rm -rf "$state/previous"
  # What was there before bednet is no generation of ours; what was adopted is kept elsewhere.
  if grep -q never "$state/pending/in-force"; then rm -rf "$state/pending"; else mv "$state/pending" "$state/previous"; fi
}

# put_back EFFECT
put_back() {
  of_generation "$state/pending"
  while read -r path owner group mode; do
    put "$path" "$owner" "$group" "$mode" <"$state/pending/files$path"
  done <"$work/generation"
  [ ! -e "$state/pending/absent" ] || while read -r path; do rm -f "$path"; done <"$state/pending/absent"
  act "$1"
}

of_generation() { find "$1/files" -type f -printf '/%P %u %g %m\n' >"$work/generation"; }

# roll_back DOMAIN PASSWD PATH...: by hand, to the generation before. Never the passwords: revoked stays revoked.
roll_back() {
  domain=$1 passwd=$2
  shift 2
  generation=$state/previous
  [ ! -d "$state/pending" ] || generation=$state/pending
  if [ ! -d "$generation" ] || grep -q never "$generation/in-force"; then exit 77; fi
  of_generation "$generation"
  while read -r path owner group mode; do
    [ "$path" = "$passwd" ] || stage "$path" "$owner" "$group" "$mode" <"$generation/files$path"
  done <"$work/generation"
  read -r digest _ <"$generation/in-force"
  effect=reload
  if { sed 1q "$state/in-force" && cat "$state/pending/tried"; } 2>/dev/null | grep -qv "^$digest"; then effect=restart; fi
  event "effect $effect"
  put_in_force "$effect" "$digest" rolled-back "$domain" "$@"
  # There is one generation; the way forward is converge.
  rm -rf "$state/previous"
}
