// Writes annotations by GitHub's own library: a list of [severity, message, properties] on stdin.
import { readFileSync } from "node:fs";
import * as core from "@actions/core";

const print = { error: core.error, warning: core.warning, info: core.notice };
const lines = [];
process.stdout.write = (line) => lines.push(line);
for (const [severity, message, properties] of JSON.parse(readFileSync(0, "utf8"))) {
  print[severity](message, properties);
}
delete process.stdout.write;
process.stdout.write(JSON.stringify(lines));
