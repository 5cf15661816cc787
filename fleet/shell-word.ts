// One word of POSIX shell: for what is sent over SSH, and for scripts that lie on a host.

export function shellWord(text: string): string {
  if (text.includes("\0")) throw new TypeError("a shell word cannot contain NUL");
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
