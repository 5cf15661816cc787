// One function for each language a host file is written in. What cannot be said there safely is refused, never trimmed.
import { isIP } from "node:net";
import { shellWord } from "../fleet/shell-word.ts";

/** One word of mosquitto.conf or of an ACL line: the line is the only unit of injection, blanks at its ends are lost. */
export function confValue(text: string): string {
  if (text === "" || /[\0\r\n\t]|^ | $/.test(text)) refuse("mosquitto setting", text);
  return text;
}

/** One word of a systemd unit; `%` is a specifier there, anything that would need quotes is refused. */
export function systemdValue(text: string): string {
  if (!/^[A-Za-z0-9_./:@+,=%-]+$/.test(text)) refuse("systemd value", text);
  return text.replaceAll("%", "%%");
}

/** One word of POSIX shell, on one line. */
export function scriptWord(text: string): string {
  if (/[\0\r\n]/.test(text)) refuse("shell word", text);
  return shellWord(text);
}

/** An address or network, for a set of its family. */
export function nftNetwork(text: string): { readonly family: 4 | 6; readonly text: string } {
  const [address = "", bits, ...rest] = text.split("/");
  const family = isIP(address);
  const widest = family === 4 ? 32 : 128;
  const prefixFits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= widest);
  if (family === 0 || address.includes("%") || !prefixFits || rest.length > 0) return refuse("network", text);
  return { family: family as 4 | 6, text };
}

function refuse(what: string, text: string): never {
  throw new TypeError(`${JSON.stringify(text)} cannot be written as a ${what}`);
}
