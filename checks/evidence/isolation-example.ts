// A stranger that reaches its own topics and nothing else, as the examples of class-isolation begin with it.
import type { Isolation } from "./isolation.ts";

export const isolation: Isolation = {
  publishing: {
    forbidden: [{ topic: "bednet/probe/a/me/up", code: 135, isDelivered: false }],
    control: { topic: "bednet/probe/b/me/up", code: 0, isDelivered: true },
  },
  subscribing: {
    filters: ["bednet/probe/a/me/down"],
    forbidden: ["bednet/probe/a/me/down"],
    heard: [],
    control: { topic: "bednet/probe/b/me/down", isHeard: true },
  },
};
