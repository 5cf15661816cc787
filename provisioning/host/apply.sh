# Runs on the host, as root, in a transient unit of its own: a closed SSH link does not stop it.
# Functions first; the calls that converge chose follow below this text.
# Given by the caller: $work (this run's folder), $seen_lock (checksum of the applied lock that was looked at),
# $prover (who logs in to prove the broker), $adopt (foreign Mosquitto files to move aside).
set -eu
umask 077
state=/var/lib/bednet
stage=$work/stage
packages=

say() { printf 'bednet: %s\n' "$*"; }
die() { say "$*"; exit 1; }
part() { tail -c "+$(($1 + 1))" "$work/payload" | head -c "$2"; }

begin() {
  trap 'rm -rf "$work"' EXIT
  exec 9>/run/bednet/apply.lock
  flock -n 9 || { say "another run is applying: waiting for it"; flock 9; }
  # Children must not keep the lock: they get the descriptor closed where they could outlive us.
  now_lock=$(sha256sum </etc/bednet/fleet.lock 2>/dev/null | cut -d' ' -f1 || true)
  [ -e /etc/bednet/fleet.lock ] || now_lock=absent
  [ "$now_lock" = "$seen_lock" ] || { say "another run changed this host in between"; exit 76; }
  mkdir -p "$stage" "$state"
}

step() {
  end_step
  printf 'bednet-step: %s\n' "$1"
}

end_step() {
  [ -z "$packages" ] || install_packages
  packages=
}

# put PATH OWNER GROUP MODE <content: complete or not there.
put() {
  mkdir -p -m 0755 "${1%/*}"
  rm -f "${1%/*}"/.bednet.*
  new=$(mktemp "${1%/*}/.bednet.XXXXXX")
  cat >"$new"
  chown "$2:$3" "$new"
  chmod "$4" "$new"
  mv -f "$new" "$1"
}

# stage PATH OWNER GROUP MODE <content: for the broker, not yet in its place.
stage() {
  mkdir -p "$stage${1%/*}"
  cat >"$stage$1"
  printf '%s %s %s %s\n' "$1" "$2" "$3" "$4" >>"$stage/list"
}

want_package() { packages="$packages $1"; }

install_packages() {
  if command -v cloud-init >/dev/null && [ "$(cloud-init status 2>/dev/null)" = "status: running" ]; then
    say "waiting for cloud-init"
    timeout 600 cloud-init status --wait >/dev/null || true
  fi
  say "installing$packages"
  export DEBIAN_FRONTEND=noninteractive
  tries=0
  until apt-get -q -o DPkg::Lock::Timeout=600 update >"$work/apt.log" 2>&1 9>&-; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || { tail -n 5 "$work/apt.log"; die "apt-get update failed"; }
    grep -q 'Could not get lock' "$work/apt.log" || [ "$tries" -lt 3 ] || { tail -n 5 "$work/apt.log"; die "apt-get update failed"; }
    [ "$tries" -gt 1 ] || say "waiting for apt: $(tail -n 1 "$work/apt.log")"
    sleep 5
  done
  # shellcheck disable=SC2086 # a list of names
  apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold \
    install $packages >"$work/apt.log" 2>&1 9>&- || { tail -n 15 "$work/apt.log"; die "apt-get install failed"; }
}

# The table is loaded, and taken back unless a login that is made now gets through.
load_firewall() {
  undo=/run/bednet/firewall-undo
  {
    echo "nft delete table inet $1 2>/dev/null"
    echo "rm -f /run/bednet/firewall.loaded"
    if nft -s list table inet "$1" >"$undo.before" 2>/dev/null; then echo "nft -f $undo.before"; fi
  } >"$undo.sh"
  rm -f /run/bednet/firewall.confirmed
  systemctl stop bednet-firewall-undo.timer bednet-firewall-undo.service 2>/dev/null || true
  systemd-run --quiet --collect --unit=bednet-firewall-undo --on-active=60 /bin/sh "$undo.sh" 9>&-
  nft -f /etc/bednet/firewall.nft || { sh "$undo.sh"; systemctl stop bednet-firewall-undo.timer; die "nft refused the table"; }
  echo "bednet-event: confirm-firewall"
  waited=0
  until [ -e /run/bednet/firewall.confirmed ]; do
    waited=$((waited + 1))
    if [ "$waited" -gt 250 ]; then
      sh "$undo.sh"
      systemctl stop bednet-firewall-undo.timer 2>/dev/null || true
      die "no new SSH login got through the new firewall table, so it was taken back"
    fi
    sleep 0.2
  done
  systemctl stop bednet-firewall-undo.timer 2>/dev/null || true
  sha256sum </etc/bednet/firewall.nft | cut -d' ' -f1 >/run/bednet/firewall.loaded
}

# take_certificate NAME DOMAIN SERVER KEYTYPE EMAIL
take_certificate() {
  say "asking $3 for a certificate for $2"
  # The broker must not be told before it can start: the hook installs, and reloads only what runs.
  if [ -e /etc/bednet/acme-ca.pem ]; then export REQUESTS_CA_BUNDLE=/etc/bednet/acme-ca.pem; fi
  set -- "$@" --cert-name "$1" -d "$2" --server "$3" --key-type "$4"
  if [ -n "$5" ]; then set -- "$@" --email "$5"; else set -- "$@" --register-unsafely-without-email; fi
  # Somebody wants another authority, name or key: certbot would keep what is valid.
  [ ! -e "/etc/letsencrypt/live/$1" ] || set -- "$@" --force-renewal
  name=$1
  shift 5
  certbot certonly --standalone --non-interactive --agree-tos --deploy-hook /usr/local/lib/bednet/deploy-hook "$@" \
    >"$work/certbot.log" 2>&1 9>&- || { tail -n 15 "$work/certbot.log"; die "certbot got no certificate"; }
  run_deploy_hook "$name"
}

run_deploy_hook() {
  RENEWED_LINEAGE=/etc/letsencrypt/live/$1 /usr/local/lib/bednet/deploy-hook 9>&- || die "the certificate could not be installed"
}

# --- the broker -----------------------------------------------------------------------------------------------------

# put_in_force EFFECT DIGEST DIGEST DOMAIN
put_in_force() {
  [ -e "$stage/list" ] || : >"$stage/list"
  try_candidate "$4"
  keep_generation
  move_aside
  while read -r path owner group mode; do put "$path" "$owner" "$group" "$mode" <"$stage$path"; done <"$stage/list"
  if act "$1" && prove 127.0.0.1 1883 8883 "$4"; then
    printf '%s %s\n' "$2" "$3" >"$state/in-force"
    rm -rf "$state/previous"
    mv "$state/pending" "$state/previous"
  else
    say "the broker did not prove itself with the new configuration: putting the previous one back"
    move_back
    put_back "$state/pending" "$1" && rm -rf "$state/pending"
    [ ! -e "$state/in-force" ] || prove 127.0.0.1 1883 8883 "$4" || die "the previous configuration does not prove itself either: $(cat "$work/why")"
    die "the new configuration was not taken: $(cat "$work/why.first")"
  fi
}

# Somebody's configuration that ours replaces is kept, and comes back if ours does not prove itself.
move_aside() {
  for path in $adopt; do
    [ -e "$path" ] || continue
    mkdir -p "$state/adopted${path%/*}"
    cp -a "$path" "$state/adopted$path"
    if [ "$path" = /etc/mosquitto/mosquitto.conf ]; then main_conf | put "$path" root root 644; else rm "$path"; fi
    say "moved aside: $path is kept as $state/adopted$path"
  done
}

move_back() {
  for path in $adopt; do cp -a "$state/adopted$path" "$path"; done
}

# Debian's own mosquitto.conf in effect; where it was changed and is adopted, this replaces it.
main_conf() {
  case " $adopt " in
  *" /etc/mosquitto/mosquitto.conf "*)
    printf '%s\n' 'pid_file /run/mosquitto/mosquitto.pid' 'persistence true' 'persistence_location /var/lib/mosquitto/' \
      'log_dest file /var/log/mosquitto/mosquitto.log' 'include_dir /etc/mosquitto/conf.d'
    ;;
  *) cat /etc/mosquitto/mosquitto.conf ;;
  esac
}

act() {
  systemctl daemon-reload
  chown -R mosquitto:mosquitto /var/log/mosquitto /var/lib/mosquitto
  if [ "$1" = reload ] && systemctl is-active --quiet mosquitto.service; then
    say "reloading the broker: no client is dropped"
    systemctl reload mosquitto.service
  else
    say "restarting the broker"
    systemctl reset-failed mosquitto.service 2>/dev/null || true
    systemctl restart mosquitto.service 9>&- || { journalctl -q -n 10 -o cat -u mosquitto.service >"$work/why"; cp "$work/why" "$work/why.first"; return 1; }
  fi
}

# What was in force before, kept until the new has proved itself. A pending one is of a run that was killed: it stands.
keep_generation() {
  [ ! -d "$state/pending" ] || return 0
  rm -rf "$state/pending.new"
  mkdir -p "$state/pending.new"
  while read -r path rest; do
    if [ -e "$path" ]; then cp -a --parents "$path" "$state/pending.new"; else echo "$path" >>"$state/pending.new/absent"; fi
  done <"$stage/list"
  cp "$state/in-force" "$state/pending.new/in-force" 2>/dev/null || echo never >"$state/pending.new/in-force"
  mv "$state/pending.new" "$state/pending"
}

# put_back GENERATION EFFECT [PATH-TO-LEAVE]
put_back() {
  (cd "$1" && find . -type f ! -path ./absent ! -path ./in-force) | sed 's/^\.//' | while read -r path; do
    [ "$path" != "${3:-}" ] || continue
    owner=$(stat -c %U "$1$path") group=$(stat -c %G "$1$path") mode=$(stat -c %a "$1$path")
    put "$path" "$owner" "$group" "$mode" <"$1$path"
  done
  if [ -e "$1/absent" ]; then while read -r path; do rm -f "$path"; done <"$1/absent"; fi
  act "$2"
}

# The new configuration on loopback ports of its own, without persistence, under the unit's own hardening.
try_candidate() {
  c=/run/bednet/candidate
  rm -rf "$c"
  install -d -o mosquitto -g mosquitto -m 0700 "$c" "$c/conf.d" "$c/bednet"
  tls=$(free_port 28883) plain=$(free_port 21883)
  main_conf | sed -e 's#^persistence .*#persistence false#' -e "s#^include_dir .*#include_dir $c/conf.d#" -e '/^pid_file/d' -e '/^log_dest/d' \
    >"$c/mosquitto.conf"
  echo 'log_dest stderr' >>"$c/mosquitto.conf"
  for f in bednet-globals.conf bednet-listeners.conf; do
    newest "/etc/mosquitto/conf.d/$f" | sed -e "s#/etc/mosquitto/bednet#$c/bednet#g" -e '/^log_dest/d' \
      -e "s#^listener 8883.*#listener $tls 127.0.0.1#" -e "s#^listener 1883 127.0.0.1#listener $plain 127.0.0.1#" >"$c/conf.d/$f"
  done
  for f in passwd acl; do newest "/etc/mosquitto/bednet/$f" >"$c/bednet/$f"; done
  cp -a /etc/mosquitto/bednet/tls "$c/bednet/tls"
  chown -R mosquitto:mosquitto "$c"
  unit=/run/systemd/system/bednet-candidate.service
  mkdir -p /run/systemd/system
  {
    printf '[Unit]\nDescription=bednet: the next configuration on trial\n[Service]\n'
    newest /etc/systemd/system/mosquitto.service.d/bednet.conf |
      grep -Ev '^(\[|#|Exec|RuntimeDirectory|LogsDirectory|StateDirectory|Restart|Watchdog|Type=|$)' || true
    printf 'Type=notify\nNotifyAccess=all\nTimeoutStartSec=30\nReadWritePaths=%s\nStandardError=append:%s/log\nExecStart=/usr/sbin/mosquitto -c %s/mosquitto.conf\n' "$c" "$c" "$c"
  } >"$unit"
  systemctl daemon-reload
  ok=0
  if systemctl start bednet-candidate.service 2>/dev/null 9>&-; then
    if prove 127.0.0.1 "$plain" "$tls" "$1"; then ok=1; fi
  else
    echo "it does not start" >"$work/why"
  fi
  systemctl stop bednet-candidate.service 2>/dev/null || true
  rm -f "$unit"
  systemctl daemon-reload
  systemctl reset-failed bednet-candidate.service 2>/dev/null || true
  # What the broker only mumbles locks a device out: a bad passwd line is "removing entry" (facts: mosquitto.md section 12).
  grep -E '(: |^)(Error|Warning)|removing entry' "$c/log" 2>/dev/null | grep -vE "$tolerated" >"$work/complaints" || true
  if [ "$ok" = 0 ] || [ -s "$work/complaints" ]; then
    grep -hvE 'config loaded|^$' "$c/log" 2>/dev/null | tail -n 8 || true
    why=$(cat "$work/why" 2>/dev/null || true)
    rm -rf "$c"
    die "the new configuration was refused on trial${why:+: $why}; the broker keeps the old one"
  fi
  rm -rf "$c"
}

# Warnings of the distribution's own configuration that say nothing about ours.
tolerated='^never matches$'

newest() { if [ -e "$stage$1" ]; then cat "$stage$1"; else cat "$1"; fi; }

free_port() {
  port=$1
  while ss -Hltn "sport = :$port" | grep -q .; do port=$((port + 1)); done
  echo "$port"
}

# prove HOST PLAIN-PORT TLS-PORT DOMAIN: a login, a denial, and the certificate on disk at the TLS port.
prove() {
  rm -f "$work/why"
  probe=$work/probe
  mkdir -p "$probe"
  for f in mosquitto_pub mosquitto_sub; do printf -- '-u %s\n-P %s\n' "$prover" "$(cat "$work/prover")" >"$probe/$f"; done
  make_room "$2"
  tries=0
  until prove_once "$@"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 5 ]; then
      take_room_back
      [ -e "$work/why.first" ] || cp "$work/why" "$work/why.first"
      say "$(cat "$work/why")"
      return 1
    fi
    sleep 1
  done
  take_room_back
}

prove_once() {
  got=$(XDG_CONFIG_HOME=$probe timeout 8 mosquitto_sub -h "$1" -p "$2" -V 5 -t '$SYS/broker/version' -C 1 -W 5 2>&1) || {
    echo "a login with a known password failed: $got" >"$work/why"
    return 1
  }
  # mosquitto_pub ends with 0 on a denied publish; only its warning tells (facts: mosquitto.md section 12).
  got=$(XDG_CONFIG_HOME=$probe timeout 8 mosquitto_pub -h "$1" -p "$2" -V 5 -q 1 -t bednet/denied -m denied 2>&1) || true
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

# At its descriptor cap a broker refuses the prover too. The hard limit leaves it room for a moment.
make_room() {
  room_pid=0
  [ "$1" = 1883 ] || return 0
  pid=$(systemctl show -p MainPID --value mosquitto.service)
  room_limit=$(systemctl show -p LimitNOFILESoft --value mosquitto.service)
  room_hard=$(systemctl show -p LimitNOFILE --value mosquitto.service)
  [ "$pid" != 0 ] && [ "$(find "/proc/$pid/fd" -type l | wc -l)" -ge $((room_limit - 4)) ] || return 0
  room_pid=$pid
  prlimit --pid "$pid" --nofile="$room_hard:$room_hard" || true
}

take_room_back() {
  [ "$room_pid" = 0 ] || prlimit --pid "$room_pid" --nofile="$room_limit:$room_hard" || true
}
