// Topic names and filters by the rules of MQTT 5, as Mosquitto keeps them: what is valid, what matches what.

const MAX_BYTES = 65_535;
/** Mosquitto refuses a topic with more separators (TOPIC_HIERARCHY_LIMIT). */
const MAX_SEPARATORS = 200;

/** Why a filter cannot be subscribed to, or undefined when it can. */
export function filterProblem(filter: string): string | undefined {
  const text = textProblem(filter);
  if (text !== undefined) return text;
  const levels = filter.split("/");
  if (levels[0] === "$share") return shareProblem(levels);
  for (const [index, level] of levels.entries()) {
    if (level.includes("#") && level !== "#") return `# must be a whole level, but a level is "${level}"`;
    if (level === "#" && index !== levels.length - 1) return "# must be the last level";
    if (level.includes("+") && level !== "+") return `+ must be a whole level, but a level is "${level}"`;
  }
  return undefined;
}

/** Does a message on the topic reach a subscriber of the filter? `$share/group/filter` matches as its inner filter. */
export function matches(filter: string, topic: string): boolean {
  const wanted = inner(filter);
  const levels = topic.split("/");
  if (hidden(wanted, levels)) return false;
  for (const [index, level] of wanted.entries()) {
    if (level === "#") return true;
    if (index >= levels.length) return false;
    if (level !== "+" && level !== levels[index]) return false;
  }
  return wanted.length === levels.length;
}

/** Does the filter match everything that the other one matches? */
export function covers(filter: string, other: string): boolean {
  const wide = inner(filter);
  const narrow = inner(other);
  if (hidden(wide, narrow)) return false;
  if (narrow[0] === "#") return wide[0] === "#" || (wide[0] === "+" && wide[1] === "#");
  for (const [index, level] of wide.entries()) {
    if (level === "#") return true;
    if (index >= narrow.length || narrow[index] === "#") return false;
    if (level !== "+" && level !== narrow[index]) return false;
  }
  return wide.length === narrow.length;
}

/** Is there a topic that both filters match? */
export function overlaps(filter: string, other: string): boolean {
  const one = inner(filter);
  const two = inner(other);
  if (hidden(one, two) || hidden(two, one)) return false;
  for (let index = 0; ; index++) {
    const [a, b] = [one[index], two[index]];
    if (a === "#" || b === "#") return true;
    if (a === undefined || b === undefined) return a === b;
    if (a !== "+" && b !== "+" && a !== b) return false;
  }
}

/** A wildcard in the first level does not reach topics that begin with `$`. */
function hidden(wanted: readonly string[], levels: readonly string[]): boolean {
  return (wanted[0] === "#" || wanted[0] === "+") && levels[0]!.startsWith("$");
}

function inner(filter: string): string[] {
  const levels = filter.split("/");
  return levels[0] === "$share" && levels.length > 2 ? levels.slice(2) : levels;
}

function shareProblem(levels: readonly string[]): string | undefined {
  const [, group = "", ...rest] = levels;
  if (group === "" || /[+#]/.test(group))
    return "a shared subscription is $share/<group>/<filter>, with no + and no # in the group";
  if (rest.length === 0 || rest.join("/") === "")
    return "a shared subscription is $share/<group>/<filter>, and the filter is missing";
  return filterProblem(rest.join("/"));
}

function textProblem(text: string): string | undefined {
  if (text === "") return "it is empty";
  if (!isText(text)) return "it holds a control character, or what is no character at all";
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) return `it has ${bytes} bytes, the limit is ${MAX_BYTES}`;
  const separators = text.split("/").length - 1;
  if (separators > MAX_SEPARATORS) return `it has ${separators + 1} levels, Mosquitto takes ${MAX_SEPARATORS + 1}`;
  return undefined;
}

/** Mosquitto drops a client that sends control characters or code points that are no characters. */
function isText(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const isControl = code < 0x20 || (code >= 0x7f && code <= 0x9f);
    const isHalf = code >= 0xd800 && code <= 0xdfff;
    const isNone = (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe;
    if (isControl || isHalf || isNone) return false;
  }
  return true;
}
