// Answers to all that `bednet init` asks, as options.
export const droplet =
  "--domain mqtt.example.com --provider digitalocean --region fra1 --zone example.com --admin-cidrs 203.0.113.7/32 2001:db8::/32 --devices 1000";
export const existing =
  "--domain mqtt.example.com --provider existing --address 203.0.113.20 --admin-cidrs 203.0.113.7/32 --devices 20";
export const spaces = "--state spaces --state-bucket acme-state --state-region fra1";
export const gitlabState = "--state http --state-address https://gitlab.com/api/v4/projects/7/terraform/state/prod";
