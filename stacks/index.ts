// bednet/stacks: a broker as part of a cdktf app of your own.
export { BrokerStack } from "./broker-stack.ts";
export { readSource, type SshKey, type StackSource } from "./source.ts";
