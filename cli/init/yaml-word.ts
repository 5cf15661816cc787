// One scalar of YAML, on one line: plain where it can be nothing but text, quoted like JSON everywhere else.

export function yamlWord(text: string): string {
  const isPlain = /^[A-Za-z][A-Za-z0-9._/@-]*$/.test(text) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text);
  return isPlain ? text : JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, unicode);
}

/** A count stays a number, so that a wrong one is told as such. */
export const yamlCount = (text: string): string => (/^\d{1,15}$/.test(text) ? text : yamlWord(text));

const unicode = (mark: string): string => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`;
