# Takes a run in: nothing starts before all of it is here with the right checksum. Then it runs in a unit of its own, which
# a cut link leaves alone; this end only follows its log.
# Given by the caller: $all_bytes, $code_bytes (the script comes first, what it needs after it), $sha256 of all of it.
set -eu
umask 077
install -d -m 0755 /run/bednet
install -d -m 0700 /var/lib/bednet
work=$(mktemp -d /run/bednet/incoming.XXXXXX)
trap 'rm -rf "$work"' EXIT
# A dead link would keep sshd, and so this, waiting for hours.
timeout 600 head -c "$all_bytes" >"$work/all" || true
got=$(sha256sum <"$work/all")
[ "${got%% *}" = "$sha256" ] || exit 75
head -c "$code_bytes" "$work/all" >"$work/run.sh"
tail -c "+$((code_bytes + 1))" "$work/all" >"$work/payload"
rm "$work/all"
# In memory, so that a full disk cannot swallow what went wrong.
log=$work/log
: >"$log"
systemd-run --quiet --collect --wait --unit="bednet-apply-${work##*.}" \
  -p StandardOutput=append:"$log" -p StandardError=append:"$log" /bin/sh "$work/run.sh" "$work" &
unit=$!
# It fails when the link is cut, and that must not end the waiting.
tail -n +1 -s 0.1 -f --pid="$unit" "$log" >&2 || true
code=0
wait "$unit" || code=$?
cp "$log" /var/lib/bednet/apply.log 2>/dev/null || true
exit "$code"
