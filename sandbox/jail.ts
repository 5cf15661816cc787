// Puts a command into PID and mount namespaces of its own that die with us: no stray child, no mount left behind.

export const jail = [
  ...["setpriv", "--pdeathsig", "KILL"],
  ...["unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc"],
] as unknown as readonly [string, ...string[]];
