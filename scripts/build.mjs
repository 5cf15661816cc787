// Compiles bednet for publishing: dist/main.js, a chunk for what each command loads, and the files it reads at run time.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const sources = ["fleet", "templates", "remote", "provisioning", "checks", "sandbox", "cli"];
/** Of many parts, and needed only where a network is waited for: installed as they are. */
const external = ["mqtt", "@peculiar/x509", "reflect-metadata"];
/** What packages in here try to load and do without, and what none of our calls reaches. */
const leftOut = {
  name: "left-out",
  setup({ onResolve, onLoad }) {
    const refuse = (path) => `throw new Error(${JSON.stringify(`bednet is compiled without ${path}`)});`;
    const at =
      (namespace) =>
      ({ path }) => ({ path, namespace });
    onResolve({ filter: /^(cpu-features|source-map)$|\.node$/ }, at("absent"));
    onResolve({ filter: /^shell-escape$|^\.\/(http-agents|server)\.js$/ }, at("unused"));
    onLoad({ filter: /.*/, namespace: "absent" }, ({ path }) => ({ contents: refuse(path) }));
    onLoad({ filter: /.*/, namespace: "unused" }, ({ path }) => ({
      contents: `module.exports = () => { ${refuse(path)} };`,
    }));
  },
};

/** A module that reads a file beside itself finds it at the same place below dist/, in whichever chunk it ends up. */
const keepPlaces = {
  name: "keep-places",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const place = JSON.stringify(relative(root, path).split(sep).join("/"));
      const text = readFileSync(path, "utf8");
      return { loader: "ts", contents: text.replaceAll("import.meta.url", `new URL(${place}, import.meta.url).href`) };
    });
  },
};

rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: [join(root, "cli/main.ts")],
  outdir: dist,
  bundle: true,
  splitting: true,
  external,
  platform: "node",
  format: "esm",
  target: "node20.9",
  // Packages in CommonJS ask for node's own modules with require, and for where they lie.
  banner: {
    js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url), __dirname = new URL(".", import.meta.url).pathname;',
  },
  // Half of a start is reading code. Names stay, so that a stack still tells something.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160,
  metafile: true,
  logLevel: "warning",
  absWorkingDir: root,
  plugins: [keepPlaces, leftOut],
});

for (const folder of sources) copy(folder, (file) => ![".ts", ".mjs"].includes(extname(file)));
copy("docs/explain", () => true);
writeFileSync(join(dist, "THIRD-PARTY.txt"), licenses(Object.keys(metafile.inputs)));

function copy(folder, wanted) {
  for (const name of readdirSync(join(root, folder), { recursive: true })) {
    const file = join(folder, name);
    if (extname(file) !== "" && wanted(file)) cpSync(join(root, file), join(dist, file));
  }
}

/** What is compiled in keeps its license text beside it. */
function licenses(inputs) {
  const folders = inputs.flatMap((input) => input.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/)?.[0] ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${folder} has no license file`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(root, folder, file), "utf8").trim()}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}
