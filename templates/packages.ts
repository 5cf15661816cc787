// What the distribution brings: the runbook installs it, and a change of it is a change of every host.

export const packages = ["mosquitto", "mosquitto-clients", "certbot", "nftables", "openssl", "unattended-upgrades"];
