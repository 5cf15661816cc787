# What a broker must do before it counts: let a known login in, deny what the grants deny, present the certificate on disk.

# prove ADDRESS PLAIN-PORT TLS-PORT DOMAIN; the reason of a failure is in $work/why.
prove() {
  rm -f "$work/why"
  mkdir -p "$work/probe"
  for f in mosquitto_pub mosquitto_sub; do
    printf -- '-u %s\n-P %s\n' "$prover" "$(cat "$work/prover")" >"$work/probe/$f"
  done
  make_room "$2"
  proved=no
  for _ in 1 2 3 4 5; do
    full=no
    if prove_once "$@"; then
      proved=yes
      break
    fi
    sleep 0.4
  done
  take_room_back
  [ "$full" = no ] || say "port $3 is full, which the broker says itself: a login and a denial were proved, its certificate there was not"
  [ "$proved$full" != nono ]
}

prove_once() {
  got=$(XDG_CONFIG_HOME=$work/probe timeout 8 mosquitto_sub -h "$1" -p "$2" -V 5 -t '$SYS/broker/version' -C 1 -W 5 2>&1) || {
    echo "a login with a known password failed: $got" >"$work/why"
    return 1
  }
  # mosquitto_pub ends with 0 on a denied publish; only its warning tells (docs/measurements.md#grants).
  got=$(XDG_CONFIG_HOME=$work/probe timeout 8 mosquitto_pub -h "$1" -p "$2" -V 5 -q 1 -t bednet/denied -m denied 2>&1) || true
  case $got in
  *'ot authori'*) ;;
  *)
    echo "a publish that the grants deny was not denied${got:+: $got}" >"$work/why"
    return 1
    ;;
  esac
  logged=$(wc -c <"$(broker_log)")
  served=$(timeout 8 openssl s_client -connect "$1:$3" -servername "$4" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256 2>/dev/null || true)
  on_disk=$(openssl x509 -in /etc/mosquitto/bednet/tls/server.pem -noout -fingerprint -sha256)
  [ "$served" = "$on_disk" ] || {
    echo "port $3 does not present the certificate that is on disk (${served:-no handshake})" >"$work/why"
    [ -n "$served" ] || [ "$2" != 1883 ] || ! turned_away || full=yes
    return 1
  }
}

# Where max_connections is the cap, no room can be made: it takes a restart to change, and whoever is inside stays. A full
# port then hangs up before TLS begins, on the prover as on everybody, and only the broker's own word for this very attempt
# tells that from a port that is broken. What it leaves open is small: the candidate has just shown this certificate.
# Tried with 2.0.11 before its first reload, which turns away in the same words; with 2.1 itself, for which Debian 12 and 13
# and the supported Ubuntus have no package, never.
turned_away() {
  tail -c "+$((logged + 1))" "$(broker_log)" | grep -q 'connection from 127\.0\.0\.1.* denied: max_connections exceeded'
}

# Of the running broker; a candidate writes elsewhere.
broker_log() {
  log=$(sed -n 's/^log_dest file //p' /etc/mosquitto/mosquitto.conf | tail -n 1)
  if [ -e "$log" ]; then echo "$log"; else echo /dev/null; fi
}
