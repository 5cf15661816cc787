// What is refused, in which words, and with which way out.
import { describe, expect, test } from "vitest";
import type { Problem } from "../../../fleet/problem.ts";
import { parseObserved } from "../../../provisioning/observed.ts";
import { type RefusalOptions, refuse } from "../../../provisioning/refusals.ts";
import { lookText } from "./sample.ts";

const options: RefusalOptions = {
  adminCidrs: ["203.0.113.0/24"],
  adopt: false,
  ownAcmeCa: false,
  memory: () => ({ value: 1024 ** 3, arithmetic: "624 MiB broker + 400 MiB system" }),
};

/** The whole message; empty: nothing is refused. */
function refusal(look: Parameters<typeof lookText>, changes: Partial<RefusalOptions> = {}): string {
  try {
    refuse("host", parseObserved("host", lookText(...look)), { ...options, ...changes });
    return "";
  } catch (error) {
    return `${(error as Problem).message}\n${(error as Problem).fix}`;
  }
}
const alone = (what: string, wayOut: string) =>
  `host is not bednet's alone; this would be cut or overwritten:\n  ${what}\n    → ${wayOut}\nSettle each of them and run the command again; nothing was changed.`;
const unfit = (what: string, wayOut: string) =>
  `host cannot carry this broker:\n  ${what}\n    → ${wayOut}\nSettle each of them and run the command again; nothing was changed.`;
const first = { ours: "no" };

test("a host of its own is not refused, at first or later", () => {
  expect(refusal([])).toBe("");
  expect(refusal([first])).toBe("");
  expect(refusal([{}], { adminCidrs: undefined })).toBe("");
});

describe("the host itself", () => {
  const wayOut = "use Debian 12 or 13, or Ubuntu 22.04, 24.04 or 26.04";
  test.each(["debian 11", "fedora 43", "ubuntu 23.10", "debian "])("%s is not supported", (distribution) =>
    expect(refusal([{ distribution }])).toBe(unfit(`the host runs ${distribution}`, wayOut)),
  );
  test.each(["debian 12", "ubuntu 22.04", "ubuntu 24.04", "ubuntu 26.04"])("%s is", (distribution) =>
    expect(refusal([{ distribution }])).toBe(""),
  );
  test("without systemd", () =>
    expect(refusal([{ systemd: "absent" }])).toBe(unfit("the host runs debian 13 without systemd", wayOut)));

  test("less memory than the plan needs, both numbers told; a tenth less is the kernel's own share", () => {
    expect(refusal([{ memory: String(900 * 1024 ** 2) }])).toBe(
      unfit(
        "the plan needs 1,024 MiB of memory (624 MiB broker + 400 MiB system), the host has 900 MiB",
        "take a larger host, or plan for less: `bednet plan` shows what needs how much",
      ),
    );
    expect(refusal([{ memory: String(930 * 1024 ** 2) }])).toBe("");
  });
});

describe("SSH", () => {
  test("you would shut yourself out", () =>
    expect(refusal([{ ssh: "198.51.100.9 1 203.0.113.20 2222" }])).toBe(
      alone(
        "you come from 198.51.100.9, which host.adminCidrs (203.0.113.0/24) does not hold: SSH on port 2222 would be shut to you",
        "add 198.51.100.9/32 or your network to host.adminCidrs in fleet.yaml",
      ),
    ));
  test("somebody else would be shut out", () =>
    expect(
      refusal([
        first,
        [
          ["ssh-peer", "[2001:db8::5]"],
          ["ssh-peer", "203.0.113.7"],
        ],
      ]),
    ).toBe(
      alone(
        "somebody is logged in from 2001:db8::5, which host.adminCidrs (203.0.113.0/24) does not hold: SSH on port 22 would be shut to them",
        "add 2001:db8::5/128 or their network to host.adminCidrs in fleet.yaml",
      ),
    ));
  test("a tunnel ends on loopback, which our table lets in", () =>
    expect(refusal([{ ssh: "127.0.0.1 1 127.0.0.1 22" }])).toBe(""));
  test("networks of both families", () => {
    const adminCidrs = ["2001:db8::/32", "198.51.100.9/32"];
    expect(refusal([{ ssh: "2001:db8:1::2 1 2001:db8::1 22" }], { adminCidrs })).toBe("");
    expect(refusal([{ ssh: "2001:db9::2 1 2001:db8::1 22" }], { adminCidrs })).toContain("you come from 2001:db9::2");
  });
});

describe("neighbours, before the first broker of ours", () => {
  const nginx = ["socket", '0.0.0.0:80 users:(("nginx",pid=7,fd=5))'] as const;
  const nginx6 = ["socket", '[::]:80 users:(("nginx",pid=7,fd=6))'] as const;
  test("port 80, told once for both families; later it may be certbot", () => {
    expect(refusal([first, [nginx, nginx6]])).toBe(
      alone(
        "port 80 is held by nginx: certbot needs it to prove the domain, now and at every renewal",
        "stop nginx for good (systemctl disable --now nginx), or give the broker a host of its own",
      ),
    );
    expect(refusal([{}, [nginx]])).toBe("");
  });
  test("the broker's ports, unless mosquitto has them", () => {
    expect(refusal([first, [["socket", '*:8883 users:(("emqx",pid=7,fd=5))']]])).toContain(
      "port 8883 is held by emqx: the broker needs 8883, and 1883 on loopback",
    );
    expect(refusal([first, [["socket", '127.0.0.1:1883 users:(("mosquitto",pid=7,fd=5))']]])).toBe("");
  });
  test("firewalls that do not visibly allow what must be open", () => {
    expect(refusal([first, [["ufw", "22/tcp 8883 "]]])).toBe(
      alone("ufw is active and does not visibly allow 80/tcp from anywhere", "ufw allow 80/tcp"),
    );
    expect(refusal([first, [["firewalld", "22/tcp "]]])).toBe(
      alone(
        "firewalld is active and does not visibly allow 80/tcp and 8883/tcp",
        "firewall-cmd --permanent --add-port=80/tcp --add-port=8883/tcp && firewall-cmd --reload",
      ),
    );
  });
  test.each([
    ["ufw", "80 8883/tcp "],
    ["ufw", "80,443/tcp 8000:9000/tcp "],
    ["ufw", "Anywhere "],
    ["firewalld", "80/tcp 8883-8884/tcp "],
  ] as const)("the forms in which they list what is open: %s %s", (...fact) =>
    expect(refusal([first, [fact]])).toBe(""),
  );
  test.each(["80/udp 8883/udp", "8/tcp 880,8080/tcp 81:8882/tcp", "10.0.0.0/8", "64:ff9b::/96", "Nginx"])(
    "and what opens something else: %s",
    (rules) => expect(refusal([first, [["ufw", rules]]])).toContain("does not visibly allow 80/tcp and 8883/tcp"),
  );
  test("other certificates that would no longer renew", () => {
    const lineages = [
      ["lineage", "shop.example.com"],
      ["lineage", "mail"],
    ] as const;
    expect(refusal([first, lineages], { ownAcmeCa: true })).toBe(
      alone(
        "certbot renews shop.example.com, mail here, and would trust only the ACME server of broker.tls.serverCaFile from now on",
        "put that CA into the system's store instead of broker.tls.serverCaFile, or give the broker a host of its own",
      ),
    );
    expect(refusal([first, lineages])).toBe("");
  });
});

test("foreign Mosquitto configuration is refused at any time, unless it is adopted", () => {
  const foreign = [["foreign-mosquitto", "/etc/mosquitto/conf.d/shop.conf"]] as const;
  const message = alone(
    "Mosquitto is configured by somebody else: /etc/mosquitto/conf.d/shop.conf",
    "run the command with --adopt: bednet moves these files aside and puts the distribution's mosquitto.conf in their place",
  );
  expect(refusal([first, foreign])).toBe(message);
  expect(refusal([{}, foreign])).toBe(message);
  expect(refusal([{}, foreign], { adopt: true })).toBe("");
});

test("everything is told at once, what cannot be helped first", () => {
  const facts = { ...first, memory: "1000000", ssh: "198.51.100.9 1 203.0.113.20 22" };
  const text = refusal([
    facts,
    [
      ["ufw", "22/tcp"],
      ["foreign-mosquitto", "/etc/mosquitto/mosquitto.conf"],
    ],
  ]);
  expect(text.split("\n").filter((row) => /^\S/.test(row))).toEqual([
    "host cannot carry this broker:",
    "host is not bednet's alone; these 3 things would be cut or overwritten:",
    "Settle each of them and run the command again; nothing was changed.",
  ]);
});
