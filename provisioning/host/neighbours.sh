# Who else lives on a host, and what of theirs we could cut.

# Configuration that the broker reads beside ours: its listeners and grants would be in force and nobody would prove them.
# mosquitto.conf is nobody's as the distribution made it, or as it was when the broker proved itself.
look_at_mosquitto() {
  foreign=
  for f in /etc/mosquitto/conf.d/*.conf; do
    case $f in */bednet-globals.conf | */bednet-listeners.conf) ;; *) [ ! -e "$f" ] || foreign_mosquitto "$f" ;; esac
  done
  main=/etc/mosquitto/mosquitto.conf
  [ -e "$main" ] || return 0
  sum_of "$main"
  line 2 /var/lib/bednet/in-force
  [ "${line%% *}" != "$sum" ] || return 0
  was=$(dpkg-query -W -f '${Conffiles}\n' mosquitto 2>/dev/null | sed -n "s#^ $main ##p")
  is=$(md5sum <"$main")
  [ "${was%% *}" = "${is%% *}" ] || foreign_mosquitto "$main"
}

foreign_mosquitto() {
  foreign="$foreign $1"
  fact foreign-mosquitto "$1"
}

# look_at_neighbours SSH_CONNECTION
look_at_neighbours() {
  ss -Hltnp | while read -r _ _ _ address _ process; do fact socket "$address $process"; done
  ss -Htn state established "( sport = :${1##* } )" | while read -r _ _ _ peer _; do fact ssh-peer "${peer%:*}"; done
  if command -v ufw >/dev/null && ufw status 2>/dev/null | grep -q '^Status: active'; then
    fact ufw "$(ufw status | awk '$2 == "ALLOW" && $3 == "Anywhere" { printf "%s ", $1 }')"
  fi
  if command -v firewall-cmd >/dev/null && firewall-cmd --state >/dev/null 2>&1; then
    fact firewalld "$({
      firewall-cmd --list-ports
      for service in $(firewall-cmd --list-services); do firewall-cmd "--info-service=$service"; done | sed -n 's/^  ports: //p'
    } | tr '\n' ' ')"
  fi
  for f in /etc/letsencrypt/renewal/*.conf; do
    f=${f##*/}
    case $f in '*.conf' | bednet.conf) ;; *) fact lineage "${f%.conf}" ;; esac
  done
}
