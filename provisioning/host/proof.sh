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
    if prove_once "$@"; then
      proved=yes
      break
    fi
    sleep 0.4
  done
  take_room_back
  [ "$proved" = yes ]
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
  served=$(timeout 8 openssl s_client -connect "$1:$3" -servername "$4" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256 2>/dev/null || true)
  on_disk=$(openssl x509 -in /etc/mosquitto/bednet/tls/server.pem -noout -fingerprint -sha256)
  [ "$served" = "$on_disk" ] || {
    echo "port $3 does not present the certificate that is on disk (${served:-no handshake})" >"$work/why"
    return 1
  }
}
