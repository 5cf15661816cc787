// Loaded before the command: says on descriptor 3 how many milliseconds lay between its first connect and its verdict.
import { writeSync } from "node:fs";
import net from "node:net";

let started;
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  started ??= performance.now();
  return connect.apply(this, args);
};
const { write } = process.stdout;
process.stdout.write = function (...args) {
  if (started !== undefined) writeSync(3, `${performance.now() - started}\n`);
  return write.apply(this, args);
};
