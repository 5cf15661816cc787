// Puts a command into a guest, without SSH, as its root would run it.

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export const enter = (pid: number): [string, ...string[]] => [
  ...(["nsenter", "--target", String(pid), "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--"] as const),
  ...["env", "-i", "-C", "/", "HOME=/root", "LANG=C.UTF-8", `PATH=${systemPath}`],
];
