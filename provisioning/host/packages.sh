# Packages of the distribution. Others may be at work: cloud-init on a young host, unattended upgrades on an old one.

want_package() { packages="$packages $1"; }

install_packages() {
  wait_for_cloud_init
  say "installing$packages"
  export DEBIAN_FRONTEND=noninteractive
  # The lock on the package lists has no time-out of its own.
  since=$(date +%s)
  until quiet_apt update; do
    if ! grep -q 'Could not get lock' "$work/apt.log" || [ $(($(date +%s) - since)) -gt 600 ]; then
      tail -n 5 "$work/apt.log"
      die "apt-get update failed"
    fi
    sleep 3
  done
  # Lists that could not be fetched are only a warning: somebody else's source may be broken, ours decides here.
  grep -E '^(W|E): ' "$work/apt.log" >"$work/apt.warnings" || true
  # shellcheck disable=SC2086 # a list of names
  quiet_apt -y --no-install-recommends -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold install $packages || {
    tail -n 5 "$work/apt.warnings"
    tail -n 10 "$work/apt.log"
    die "apt-get could not install$packages"
  }
}

# apt-get, which says once that it waits.
quiet_apt() {
  rm -f "$work/apt.ok"
  : >"$work/apt.log"
  { apt-get -q -o DPkg::Lock::Timeout=600 "$@" 2>&1 9>&- && : >"$work/apt.ok"; } | while IFS= read -r line; do
    printf '%s\n' "$line" >>"$work/apt.log"
    case $line in
    *'Could not get lock'*)
      [ -e "$work/apt.told" ] || say "waiting for another apt: ${line#*: }"
      : >"$work/apt.told"
      ;;
    esac
  done
  [ -e "$work/apt.ok" ]
}

wait_for_cloud_init() {
  command -v cloud-init >/dev/null || return 0
  case $(cloud-init status 2>/dev/null) in
  *running* | *'not started'* | *'not run'*) ;;
  *) return 0 ;;
  esac
  say "waiting for cloud-init to finish its first boot"
  # It may end with an error of its own, which is not ours to judge.
  timeout 600 cloud-init status --wait >/dev/null 2>&1 || true
}
