// Takes the settings that lstmlint has for files into the extension's own, from the schema that lstmlint is documented by.
import { readFileSync, writeFileSync } from "node:fs";

const MIRRORED = { select: "select", "extend-select": "extendSelect", ignore: "ignore", "keras-version": "kerasVersion" };
const schema = JSON.parse(readFileSync(new URL("../../../docs/lstmlint.schema.json", import.meta.url), "utf8"));
const file = new URL("../package.json", import.meta.url);
const manifest = JSON.parse(readFileSync(file, "utf8"));
const properties = manifest.contributes.configuration.properties;
for (const [theirs, ours] of Object.entries(MIRRORED)) {
  const { description, ...rest } = schema.properties[theirs];
  // Nothing is set unless the user sets it: the file of settings counts then.
  const unset = rest.type === "array" ? [] : rest.default;
  properties[`lstmlint.${ours}`] = { ...rest, default: unset, markdownDescription: `Before the file of settings: ${description}.` };
}
writeFileSync(file, JSON.stringify(manifest, null, 2) + "\n");
