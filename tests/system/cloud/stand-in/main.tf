# Every kind of resource and data source that a stack of ours may have, each once, for the real provider.
terraform {
  required_providers {
    digitalocean = {
      source  = "digitalocean/digitalocean"
      version = ">= 2.95.0, < 3.0.0"
    }
  }
}

provider "digitalocean" {}

variable "size" {
  default = "s-1vcpu-1gb"
}

variable "edition" {
  default = "one"
}

variable "image" {
  default = "debian-13-x64"
}

locals {
  region = "fra1"
  zone   = "example.com"
}

data "digitalocean_account" "account" {}

data "digitalocean_sizes" "sizes" {
  filter {
    key    = "slug"
    values = [var.size]
  }
}

data "digitalocean_regions" "regions" {
  filter {
    key    = "slug"
    values = [local.region]
  }
}

data "digitalocean_image" "image" {
  slug = var.image
}

data "digitalocean_images" "images" {
  filter {
    key    = "distribution"
    values = ["Debian"]
  }
}

data "digitalocean_domain" "zone" {
  name = local.zone
}

data "digitalocean_ssh_keys" "keys" {}

resource "digitalocean_tag" "fleet" {
  name = "bednet-proof"
}

resource "digitalocean_ssh_key" "key" {
  name       = "bednet-proof-${var.edition}"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBUirEgyAT+8eg13ULskw0KXSwhDWYRT8E0J3L1RUa83 deploy"
}

resource "digitalocean_firewall" "cloud" {
  name = "bednet-proof"
  tags = [digitalocean_tag.fleet.id]
  inbound_rule {
    protocol         = "tcp"
    port_range       = "22"
    source_addresses = ["203.0.113.0/24"]
  }
  inbound_rule {
    protocol         = "tcp"
    port_range       = var.edition == "one" ? "80" : "8883"
    source_addresses = ["0.0.0.0/0", "::/0"]
  }
  inbound_rule {
    protocol         = "icmp"
    source_addresses = ["0.0.0.0/0", "::/0"]
  }
  outbound_rule {
    protocol              = "tcp"
    port_range            = "1-65535"
    destination_addresses = ["0.0.0.0/0", "::/0"]
  }
  outbound_rule {
    protocol              = "udp"
    port_range            = "all"
    destination_addresses = ["0.0.0.0/0", "::/0"]
  }
  outbound_rule {
    protocol              = "icmp"
    destination_addresses = ["0.0.0.0/0", "::/0"]
  }
}

resource "digitalocean_droplet" "droplet" {
  name              = "bednet-proof-${var.edition}"
  size              = var.size
  region            = local.region
  image             = var.image
  ssh_keys          = [digitalocean_ssh_key.key.id]
  tags              = [digitalocean_tag.fleet.id]
  user_data         = "#cloud-config\n{}\n"
  monitoring        = true
  ipv6              = true
  backups           = var.edition == "three"
  graceful_shutdown = true
  depends_on        = [digitalocean_firewall.cloud]
  timeouts {
    delete = "5m"
  }
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [user_data, ssh_keys]
  }
}

resource "digitalocean_reserved_ip" "address" {
  region = local.region
}

resource "digitalocean_reserved_ip_assignment" "assignment" {
  ip_address = digitalocean_reserved_ip.address.ip_address
  droplet_id = tonumber(digitalocean_droplet.droplet.id)
  lifecycle {
    create_before_destroy = true
  }
}

resource "digitalocean_reserved_ipv6" "address6" {
  region_slug = local.region
}

resource "digitalocean_reserved_ipv6_assignment" "assignment6" {
  ip         = digitalocean_reserved_ipv6.address6.ip
  droplet_id = tonumber(digitalocean_droplet.droplet.id)
  lifecycle {
    create_before_destroy = true
  }
}

resource "digitalocean_record" "a" {
  domain = data.digitalocean_domain.zone.name
  type   = "A"
  name   = "mqtt"
  value  = digitalocean_reserved_ip.address.ip_address
  ttl    = var.edition == "one" ? 300 : 600
}

resource "digitalocean_record" "aaaa" {
  domain = data.digitalocean_domain.zone.name
  type   = "AAAA"
  name   = "mqtt"
  value  = digitalocean_reserved_ipv6.address6.ip
  ttl    = 300
}

resource "digitalocean_project" "project" {
  name        = "bednet-proof"
  description = "edition ${var.edition}"
  purpose     = "MQTT broker"
  environment = "Production"
}

resource "digitalocean_project_resources" "members" {
  project   = digitalocean_project.project.id
  resources = [digitalocean_droplet.droplet.urn]
}

resource "digitalocean_monitor_alert" "alert" {
  for_each    = toset(["cpu", "memory_utilization_percent", "disk_utilization_percent"])
  type        = "v1/insights/droplet/${each.key}"
  description = "bednet-proof ${each.key}"
  compare     = "GreaterThan"
  value       = var.edition == "one" ? 80 : 85.5
  window      = "5m"
  entities    = [digitalocean_droplet.droplet.id]
  alerts {
    email = ["ops@example.com"]
  }
}

resource "digitalocean_uptime_check" "ping" {
  name    = "bednet-proof-${var.edition}"
  type    = "ping"
  target  = digitalocean_reserved_ip.address.ip_address
  regions = ["eu_west", "us_east"]
}

resource "digitalocean_uptime_alert" "ping" {
  name     = "bednet-proof-${var.edition}"
  check_id = digitalocean_uptime_check.ping.id
  type     = "down"
  period   = "2m"
  notifications {
    email = ["ops@example.com"]
  }
}
