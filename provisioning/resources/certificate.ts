// A certificate for the domain from the chosen authority, in the broker's folder, renewed by certbot's timer.
import { X509Certificate } from "node:crypto";
import { Script, sh } from "../../remote/sh.ts";
import type { Resource } from "../step.ts";

export const certificate: Resource = {
  kind: "certificate",
  look: (names) => new Script(names.map((name) => lookOne(name).text).join("\n")),
  wish(name, { certificate: wanted }) {
    const algorithm = algorithms[wanted.keyType];
    const issued = `DNS:${wanted.domain} ${wanted.server} ${algorithm} valid`;
    return {
      says: `a certificate for ${wanted.domain} is installed`,
      isMet: (state) => inWords(state) === `${issued} installed`,
      // A reload would go on serving the key of another type (docs/measurements.md#certificates).
      effect: (state) =>
        state === "absent" ? "none" : inWords(state).includes(` ${algorithm} `) ? "reload" : "restart",
      needsDns: (state) => !inWords(state).startsWith(`${issued} `),
      apply: (_part, { state }) =>
        inWords(state).startsWith(`${issued} `)
          ? sh`run_deploy_hook ${name}`
          : sh`take_certificate ${name} ${wanted.domain} ${wanted.server} ${wanted.keyType} ${wanted.email ?? ""}`,
    };
  },
};

const algorithms = { ecdsa: "ec", rsa: "rsa" } as const;

/** Raw: the authority (`none` when nothing would renew it), whether the broker has it, the host's clock, and the certificate itself, which node reads at once. */
function lookOne(name: string): Script {
  const live = `/etc/letsencrypt/live/${name}`;
  const renewal = `/etc/letsencrypt/renewal/${name}.conf`;
  return sh`if [ -e ${`${live}/fullchain.pem`} ]; then
    pem=
    while read -r row; do case $row in -----BEGIN*) ;; -----END*) break ;; *) pem=$pem$row ;; esac; done <${`${live}/fullchain.pem`}
    server=none
    if [ -e ${renewal} ]; then while read -r setting _ value; do if [ "$setting" = server ]; then server=$value; fi; done <${renewal}; fi
    cat ${`${live}/fullchain.pem`} ${`${live}/privkey.pem`} | cmp -s - /etc/mosquitto/bednet/tls/server.pem && installed=installed || installed=elsewhere
    printf 'certificate\t%s\t%s %s %s %s\n' ${name} "$server" "$installed" "$(date +%s)" "$pem"
  else printf 'certificate\t%s\tabsent\n' ${name}; fi`;
}

/** In words: names, authority, key algorithm, whether it is in date, whether the broker has this very one. */
function inWords(state: string): string {
  const [server, installed, clockSeconds, der] = state.split(" ");
  if (der === undefined) return state;
  try {
    const { subjectAltName, publicKey, validTo } = new X509Certificate(Buffer.from(der, "base64"));
    const isValid = Date.parse(validTo) > Number(clockSeconds) * 1000;
    const names = subjectAltName?.replaceAll(", ", ",") ?? "no name";
    return `${names} ${server} ${publicKey.asymmetricKeyType} ${isValid ? "valid" : "expired"} ${installed}`;
  } catch {
    return "unreadable";
  }
}
