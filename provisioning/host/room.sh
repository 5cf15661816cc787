# Room for the prover: at its descriptor cap the broker refuses him like everybody else.
# The hard limit is lent for a moment, with the door shut to everybody outside: whoever waits there would take the room.
# Killed in between, nothing stays: the door opens after its time, and the limit is put back as after a killed reload.

# make_room PLAIN-PORT: a candidate on another port has room enough.
make_room() {
  room=no
  [ "$1" = 1883 ] || return 0
  broker=$(systemctl show -p MainPID --value mosquitto.service)
  [ "$broker" != 0 ] || return 0
  soft=$(awk '/^Max open files/ { print $4 }' "/proc/$broker/limits")
  hard=$(awk '/^Max open files/ { print $5 }' "/proc/$broker/limits")
  [ "$(find "/proc/$broker/fd" -type l | wc -l)" -ge $((soft - 4)) ] || return 0
  # A reload in between would take back what is lent here.
  exec 8>/run/bednet-reload.lock
  flock -w 60 8 || return 0
  room=yes
  born=$(sed 's/.*) //' "/proc/$broker/stat" | cut -d ' ' -f 20)
  systemd-run --quiet --collect --unit=bednet-room-undo --setenv=MAINPID="$broker" \
    /usr/local/lib/bednet/reload undo "$born" "$soft" 8>&- 9>&-
  shut_door
  sleep 0.3 # until the accept queue is empty
  limit_broker "$hard"
}

take_room_back() {
  [ "$room" = yes ] || return 0
  if limit_broker "$soft"; then systemctl stop bednet-room-undo.service || true; fi
  nft delete table inet bednet_door || true
  exec 8>&-
}

# As the broker's own user: that needs no capability, which root may lack in a container.
limit_broker() {
  setpriv --reuid mosquitto --regid mosquitto --clear-groups prlimit --pid "$broker" --nofile="$1:"
}

shut_door() {
  nft -f - <<'RULES'
table inet bednet_door
delete table inet bednet_door
table inet bednet_door {
  set shut { type inet_service; flags timeout; elements = { 8883 timeout 20s }; }
  chain in {
    type filter hook input priority filter - 5; policy accept;
    iif lo accept
    tcp dport @shut tcp flags & (syn|ack) == syn drop
  }
}
RULES
}
