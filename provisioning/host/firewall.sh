# Our table, which can shut SSH: it counts only after a login that was made through it. Until then the disk keeps the old
# text, and an undo runs by itself, whatever becomes of this run, of the link and of who started it.

# load_firewall TABLE PATH OWNER GROUP MODE <text
load_firewall() {
  undo=$state/firewall-undo
  cat >"$work/firewall.nft"
  # Of a run that was killed before its table was confirmed: what is loaded now is not what to come back to.
  [ ! -e "$undo" ] || take_firewall_back
  undo_text "$1" "$2" | put "$undo" root root 600
  systemctl stop bednet-firewall-undo.timer 2>/dev/null || true
  # Left to itself, a timer may come a minute late.
  systemd-run --quiet --collect --unit=bednet-firewall-undo --on-active=60 --timer-property=AccuracySec=1s \
    /bin/sh -c "nft -f $undo && rm -f $undo" 9>&-
  nft -f "$work/firewall.nft" || {
    take_firewall_back
    die "nft refused the table; the one before is loaded"
  }
  event "confirm-firewall $work/login"
  waited=0
  answer=
  until [ "$answer" = through ]; do
    waited=$((waited + 1))
    answer=$(cat "$work/login" 2>/dev/null || true)
    if [ "$answer" = shut ] || [ "$waited" -gt 200 ]; then
      take_firewall_back
      die "no new SSH login got through the new firewall table, so the one before is loaded again"
    fi
    sleep 0.2
  done
  put "$2" "$3" "$4" "$5" <"$work/firewall.nft"
  systemctl stop bednet-firewall-undo.timer 2>/dev/null || true
  rm -f "$undo"
}

# One transaction: no table, or the confirmed one, which is what the disk has.
undo_text() {
  printf 'table inet %s\ndelete table inet %s\n' "$1" "$1"
  cat "$2" 2>/dev/null || true
}

take_firewall_back() {
  nft -f "$undo"
  systemctl stop bednet-firewall-undo.timer 2>/dev/null || true
  rm -f "$undo"
}
