# The new configuration on loopback ports of its own, without persistence, under the unit's own hardening. The broker that
# serves knows nothing of it.

# try_candidate DOMAIN
try_candidate() {
  c=/run/bednet/candidate
  # Of a run that was killed: it would be proved instead of the new one.
  systemctl stop bednet-candidate.service 2>/dev/null || true
  rm -rf "$c"
  install -d -o mosquitto -g mosquitto -m 0700 "$c" "$c/conf.d" "$c/bednet"
  tls=$(free_port 28883) plain=$(free_port 21883)
  candidate_files
  verdict=refused
  rm -f "$work/why"
  if start_candidate; then
    if prove 127.0.0.1 "$plain" "$tls" "$1"; then verdict=taken; fi
  else
    echo "it does not start" >"$work/why"
  fi
  systemctl stop bednet-candidate.service 2>/dev/null || true
  complaints
  rm -rf "$c"
  if [ "$verdict" = refused ] || [ -s "$work/complaints" ]; then
    cat "$work/complaints"
    why=$(cat "$work/why" 2>/dev/null || echo "the broker complains about it")
    die "the new configuration was refused on trial: $why; the broker keeps the old one"
  fi
}

# What the broker only mumbles locks a device out: a bad passwd line is "removing entry" (docs/measurements.md#passwords).
# In the words of the files that the reader knows.
complaints() {
  grep -E '(: |^)(Error|Warning|OpenSSL Error)|removing entry' "$c/log" 2>/dev/null | tail -n 12 |
    sed -e 's/^[0-9TZ:+-]*: //' -e "s#$c/mosquitto.conf#/etc/mosquitto/mosquitto.conf#g" \
      -e "s#$c/conf.d#/etc/mosquitto/conf.d#g" -e "s#$c/bednet#/etc/mosquitto/bednet#g" >"$work/complaints" || true
}

candidate_files() {
  main_conf | sed -e 's#^persistence .*#persistence false#' -e "s#^include_dir .*#include_dir $c/conf.d#" \
    -e '/^pid_file/d' -e '/^log_dest/d' >"$c/mosquitto.conf"
  echo 'log_dest stderr' >>"$c/mosquitto.conf"
  for f in bednet-globals.conf bednet-listeners.conf; do
    newest "/etc/mosquitto/conf.d/$f" | sed -e "s#/etc/mosquitto/bednet#$c/bednet#g" -e '/^log_dest/d' \
      -e "s#^listener 8883.*#listener $tls 127.0.0.1#" -e "s#^listener 1883 127.0.0.1#listener $plain 127.0.0.1#" >"$c/conf.d/$f"
  done
  for f in passwd acl; do newest "/etc/mosquitto/bednet/$f" >"$c/bednet/$f"; done
  cp -a /etc/mosquitto/bednet/tls "$c/bednet/tls"
  chown -R mosquitto:mosquitto "$c"
}

start_candidate() {
  set --
  newest /etc/systemd/system/mosquitto.service.d/bednet.conf |
    grep -Ev '^(\[|#|Exec|RuntimeDirectory|LogsDirectory|StateDirectory|Restart|Watchdog|Type=|$)' >"$work/hardening" || true
  while IFS= read -r property; do set -- "$@" -p "$property"; done <"$work/hardening"
  systemd-run --quiet --collect --unit=bednet-candidate --service-type=notify "$@" -p NotifyAccess=all -p TimeoutStartSec=30 \
    -p ReadWritePaths="$c" -p StandardError=append:"$c/log" /usr/sbin/mosquitto -c "$c/mosquitto.conf" 9>&- 2>"$work/start.log"
}

newest() { if [ -e "$stage$1" ]; then cat "$stage$1"; else cat "$1"; fi; }

free_port() {
  port=$1
  while ss -Hltn "sport = :$port" | grep -q .; do port=$((port + 1)); done
  echo "$port"
}
