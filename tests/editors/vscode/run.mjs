// Runs a suite inside VS Code's extension host and prints what it says.
// usage: node run.mjs '{"vscode", "chromium", "vsix", "folder", "scratch", "suite", "others"}'
import path from "node:path";
import { open } from "./workbench.mjs";

const PATIENCE = 300_000;
const wanted = JSON.parse(process.argv[2]);

let leave;
const done = new Promise((resolve) => {
  leave = resolve;
});
const { page, close } = await open({
  ...wanted,
  payload: [
    ...[wanted.suite, ...wanted.others].map((folder) => ["extensionDevelopmentPath", folder]),
    ["extensionTestsPath", path.join(wanted.suite, "index.js")],
  ],
  functions: {
    codeAutomationExit: leave,
    codeAutomationLog: (_level, words) => {
      const line = words.join(" ");
      if (/^(ok|FAIL) /.test(line)) {
        console.log(line);
      }
    },
  },
});
const shown = new Set();
const watching = setInterval(async () => {
  const item = page.locator('.statusbar-item[id^="oai-lint"]');
  for (const text of await item.allInnerTexts().catch(() => [])) {
    shown.add(text.trim());
  }
}, 200);
const late = new Promise((resolve) => setTimeout(() => resolve("too late"), PATIENCE).unref());
const code = await Promise.race([done, late]);
clearInterval(watching);
if (code !== 0) {
  console.log("FAIL the suite ended with", code);
  await page.screenshot({ path: path.join(wanted.scratch, "failed.png") });
}
console.log("status bar:", JSON.stringify([...shown]));
await close();
process.exit(code === 0 ? 0 : 1);
