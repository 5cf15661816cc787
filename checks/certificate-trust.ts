// The chain leads to a root that devices trust; dates and names have checks of their own.

import { defineCheck, fail, pass } from "./check.ts";
import { certificate } from "./evidence/certificate-example.ts";

export default defineCheck({
  id: "certificate-trust",
  title: "The certificate leads to a root that devices trust",
  why: "Devices refuse to connect, or were told not to check and talk to whoever answers.",
  fix: "Serve the full chain (certbot's fullchain.pem), issued by the authority that fleet.yaml names; `bednet converge` installs it.",
  severity: "blocker",
  needs: ["certificate"],
  run: ({ certificate: { trust, issuer } }) =>
    trust.isTrusted
      ? pass(`issued by ${issuer}`)
      : fail(`not trusted (${trust.because}), issued by ${issuer}`, "a chain that ends in a trusted root"),
  examples: {
    passes: [{ certificate }, { certificate: { ...certificate, carriesDomain: false } }],
    fails: [{ certificate: { ...certificate, trust: { isTrusted: false, because: "DEPTH_ZERO_SELF_SIGNED_CERT" } } }],
  },
});
