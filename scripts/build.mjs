// Compiles bednet for publishing: dist/main.cjs, dist/stacks.cjs, and beside them the files that they read at run time.
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { tsImport } from "tsx/esm/api";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const sources = ["fleet", "templates", "remote", "provisioning", "checks", "sandbox", "cli"];
const templateSuffix = ".hbs";
/** Large or of many parts, and not needed for a no-op: installed as they are. */
const external = ["mqtt", "@peculiar/x509", "reflect-metadata", "cdktf", "@cdktf/*", "constructs"];
/** What packages in here try to load and do without, and what none of our calls reaches. */
const leftOut = {
  name: "left-out",
  setup({ onResolve, onLoad }) {
    const refuse = (path) => `throw new Error(${JSON.stringify(`bednet is compiled without ${path}`)});`;
    const at =
      (namespace) =>
      ({ path }) => ({ path, namespace });
    onResolve({ filter: /^(cpu-features|source-map)$|\.node$/ }, at("absent"));
    onResolve({ filter: /^(shell-escape|make-dir|sb-scandir)$|^\.\/(http-agents|server)\.js$/ }, at("unused"));
    onLoad({ filter: /.*/, namespace: "absent" }, ({ path }) => ({ contents: refuse(path) }));
    onLoad({ filter: /.*/, namespace: "unused" }, ({ path }) => ({
      contents: `module.exports = () => { ${refuse(path)} };`,
    }));
  },
};

/** A module that reads a file beside itself finds it at the same place below dist/. */
const keepPlaces = {
  name: "keep-places",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const place = JSON.stringify(relative(root, path).split(sep).join("/"));
      const here = `new URL(${place}, require("node:url").pathToFileURL(__filename)).href`;
      return { loader: "ts", contents: readFileSync(path, "utf8").replaceAll("import.meta.url", here) };
    });
  },
};

/** Templates are compiled here, so that no start needs Handlebars' parser. */
const precompiled = {
  name: "precompiled",
  setup({ onLoad }) {
    onLoad({ filter: /\btemplates\/compile\.ts$/ }, async ({ path }) => {
      const { precompile } = await tsImport("../templates/compile.ts", import.meta.url);
      const entries = filesIn(sources, (file) => extname(file) === templateSuffix).map(
        (file) => `${JSON.stringify(file)}: ${precompile(readFileSync(join(root, file), "utf8"))}`,
      );
      const contents = `
        import Handlebars from "handlebars/runtime.js";
        import { withEachAlone } from "./engine.ts";
        const engine = withEachAlone(Handlebars.create());
        const compiled = {${entries.join(",\n")}};
        export const compiledAt = (path) => engine.template(compiled[path]);`;
      return { contents, resolveDir: dirname(path) };
    });
  },
};

rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { main: join(root, "cli/main.ts"), stacks: join(root, "stacks/index.ts") },
  outdir: dist,
  outExtension: { ".js": ".cjs" },
  bundle: true,
  external,
  platform: "node",
  // What V8 makes of it can be kept on every node (cli/compiled.mjs), and what a command does not need stays asleep in it.
  format: "cjs",
  supported: { "dynamic-import": false },
  target: "node20.9",
  // Names stay, so that a stack still tells something.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160,
  metafile: true,
  logLevel: "warning",
  absWorkingDir: root,
  plugins: [precompiled, keepPlaces, leftOut],
});

const isRead = (file) => ![".ts", ".mjs", templateSuffix].includes(extname(file));
for (const file of filesIn([...sources, "docs/explain"], isRead)) cpSync(join(root, file), join(dist, file));
declareTypes(join(dist, "types"));
writeFileSync(join(dist, "THIRD-PARTY.txt"), licenses(Object.keys(metafile.inputs)));

/** Of what `bednet/stacks` exports, and of all that is mentioned there. */
function declareTypes(folder) {
  const settings = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"));
  const options = { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: root, outDir: folder };
  const project = join(dist, "tsconfig.json");
  const compilerOptions = { ...settings.compilerOptions, ...options, typeRoots: [join(root, "node_modules/@types")] };
  writeFileSync(project, JSON.stringify({ compilerOptions, files: [join(root, "stacks/index.ts")] }));
  execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", project], { stdio: "inherit" });
  rmSync(project);
  for (const file of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".d.ts"))) {
    const text = readFileSync(join(folder, file), "utf8");
    writeFileSync(join(folder, file), text.replace(/(["']\.{1,2}\/[^"']+)\.ts(["'])/g, "$1.js$2"));
  }
  // They describe stacks.cjs.
  writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }\n');
}

function filesIn(folders, wanted) {
  const all = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => `${folder}/${name.split(sep).join("/")}`),
  );
  return all.filter((file) => extname(file) !== "" && wanted(file)).sort();
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
