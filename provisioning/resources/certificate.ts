// A certificate for the domain from the chosen authority, in the broker's folder, renewed by certbot's timer.
import { Script, sh } from "../../remote/sh.ts";
import type { Resource } from "../step.ts";

/** One line: names, authority, key algorithm, whether it is in date, whether the broker has this very one. */
export const certificate: Resource = {
  kind: "certificate",
  look: (names) => new Script(names.map((name) => lookOne(name).text).join("\n")),
  wish(name, { certificate: wanted }) {
    const algorithm = algorithms[wanted.keyType];
    const issued = `DNS:${wanted.domain} ${wanted.server} ${algorithm} valid`;
    return {
      says: `a certificate for ${wanted.domain} is installed`,
      isMet: (state) => state === `${issued} installed`,
      // A reload would go on serving the key of another type (facts: mosquitto.md section 6).
      effect: (state) => (state === "absent" ? "none" : state.includes(` ${algorithm} `) ? "reload" : "restart"),
      needsDns: (state) => !state.startsWith(`${issued} `),
      apply: (_part, { state }) =>
        state.startsWith(`${issued} `)
          ? sh`run_deploy_hook ${name}`
          : sh`take_certificate ${name} ${wanted.domain} ${wanted.server} ${wanted.keyType} ${wanted.email ?? ""}`,
    };
  },
};

const algorithms = { ecdsa: "id-ecPublicKey", rsa: "rsaEncryption" } as const;

/** The shell's own words cut the text up: each sed would be a process more in every no-op. */
function lookOne(name: string): Script {
  const live = `/etc/letsencrypt/live/${name}`;
  return sh`if [ -e ${`${live}/fullchain.pem`} ]; then
    text=$(openssl x509 -in ${`${live}/fullchain.pem`} -noout -text -checkend 0) && valid=valid || valid=expired
    newline=$(printf '\n.')
    newline=\${newline%.}
    key=\${text#*Public Key Algorithm: }
    names=\${text#*Subject Alternative Name:*"$newline"}
    names=\${names%%"$newline"*}
    server=
    while read -r setting _ value; do if [ "$setting" = server ]; then server=$value; fi; done <${`/etc/letsencrypt/renewal/${name}.conf`}
    cat ${`${live}/fullchain.pem`} ${`${live}/privkey.pem`} | cmp -s - /etc/mosquitto/bednet/tls/server.pem && installed=installed || installed=elsewhere
    printf 'certificate\t%s\t%s %s %s %s %s\n' ${name} "\${names##* }" "$server" "\${key%%"$newline"*}" "$valid" "$installed"
  else printf 'certificate\t%s\tabsent\n' ${name}; fi`;
}
