// Which directives a Mosquitto version knows: an unknown one keeps it from starting.
import type { Family } from "./mosquitto-versions.ts";

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Of all supported versions; bridges and TLS-PSK are left out, since nothing here writes them. */
const everywhere = words(`
  acl_file allow_anonymous allow_zero_length_clientid autosave_interval autosave_on_changes cafile certfile ciphers
  ciphers_tls1.3 connection_messages crlfile include_dir keyfile listener log_dest log_timestamp log_timestamp_format
  log_type max_connections max_inflight_bytes max_inflight_messages max_keepalive max_packet_size max_queued_bytes
  max_queued_messages max_topic_alias memory_limit message_size_limit password_file per_listener_settings
  persistence persistence_file persistence_location persistent_client_expiration pid_file plugin protocol
  queue_qos0_messages require_certificate retain_available set_tcp_nodelay sys_interval tls_version
  upgrade_outgoing_qos use_identity_as_username use_username_as_clientid user websockets_log_level`);

const since2_0_21 = words("retain_expiry_interval");

const since2_1 = words(`
  accept_protocol_versions disable_client_cert_date_checks enable_control_api enable_proxy_protocol global_max_clients
  global_max_connections global_plugin http_api listener_allow_anonymous listener_auto_id_prefix max_topic_alias_broker
  packet_buffer_size plugin_load plugin_use websockets_origin`);

export function directivesOf(family: Family): ReadonlySet<string> {
  const later = family === "2.1" ? [...since2_0_21, ...since2_1] : since2_0_21;
  const isOld = family === "2.0.11" || family === "2.0.18";
  return new Set([...everywhere, ...(isOld ? [] : later)]);
}
