# The certificate comes by certbot, and reaches the broker by the same hook that its renewals will take.

# take_certificate NAME DOMAIN SERVER KEYTYPE EMAIL
take_certificate() {
  say "asking $3 for a certificate for $2"
  if [ -e /etc/bednet/acme-ca.pem ]; then export REQUESTS_CA_BUNDLE=/etc/bednet/acme-ca.pem; fi
  name=$1
  set -- "$@" --cert-name "$1" -d "$2" --server "$3" --key-type "$4" --renew-with-new-domains
  if [ -n "$5" ]; then set -- "$@" --email "$5"; else set -- "$@" --register-unsafely-without-email; fi
  # Without it certbot takes the name for a new one, and would find no room for what it has just been issued.
  [ -e "/etc/letsencrypt/renewal/$name.conf" ] || rm -rf "/etc/letsencrypt/live/$name" "/etc/letsencrypt/archive/$name"
  # Another authority, name or kind of key is wanted: certbot would keep what is valid.
  [ ! -e "/etc/letsencrypt/live/$name" ] || set -- "$@" --force-renewal
  shift 5
  certbot certonly --standalone --non-interactive --agree-tos --deploy-hook /usr/local/lib/bednet/deploy-hook "$@" \
    >"$work/certbot.log" 2>&1 9>&- || {
    tail -n 15 "$work/certbot.log"
    die "certbot got no certificate"
  }
  run_deploy_hook "$name"
}

run_deploy_hook() {
  RENEWED_LINEAGE=/etc/letsencrypt/live/$1 /usr/local/lib/bednet/deploy-hook 9>&- ||
    die "the certificate could not be installed; the broker keeps the one it has"
}
