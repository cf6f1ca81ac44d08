// Takes the pictures of the documentation: VS Code with the example project open.
// usage: node pictures.mjs VSCODE VSIX ENVIRONMENT FOLDER
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { open } from "./workbench.mjs";

const [vscode, vsix, environment, pictures] = process.argv.slice(2).map((name) => path.resolve(name));
const example = fileURLToPath(new URL("../../../examples/support-desk", import.meta.url));
const scratch = mkdtempSync(path.join(tmpdir(), "oai-lint-"));
const folder = path.join(scratch, "support-desk");
const settings = {
  "breadcrumbs.enabled": false,
  "chat.disableAIFeatures": true,
  "editor.fontFamily": "DejaVu Sans Mono",
  "editor.fontSize": 14,
  "editor.lightbulb.enabled": "on",
  "editor.minimap.enabled": false,
  "editor.stickyScroll.enabled": false,
  "files.autoSave": "off",
  "files.exclude": { ".venv": true, ".vscode": true },
  "window.commandCenter": false,
  "workbench.colorTheme": "Default Light Modern",
  "workbench.layoutControl.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
};

cpSync(example, folder, { recursive: true });
mkdirSync(path.join(folder, ".vscode"));
writeFileSync(path.join(folder, ".vscode/settings.json"), JSON.stringify(settings));
symlinkSync(environment, path.join(folder, ".venv"));
mkdirSync(pictures, { recursive: true });

const { page, close } = await open({
  ...{ vscode, vsix, folder, scratch, chromium: "/usr/bin/chromium" },
  browser: { viewport: { width: 1080, height: 580 } },
});
try {
  await row("desk").click();
  await row("clients.py").dblclick();
  await page.locator('.statusbar-item[id^="oai-lint"]', { hasText: /\d/ }).waitFor();

  await page.keyboard.press("Control+Shift+M");
  await page.locator(".markers-panel .monaco-list-row").first().waitFor();
  await take("problems");
  await page.keyboard.press("Control+Shift+M");
  await page.keyboard.press("Control+B"); // the explorer gives way

  await goTo("31:18"); // the value of base_url=
  await page.keyboard.press("Control+K");
  await page.keyboard.press("Control+I");
  await page.locator(".monaco-hover .hover-contents").first().waitFor();
  await take("hover");

  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+.");
  await page.locator(".action-widget .monaco-list-row").first().waitFor();
  await take("quick-fix");
  await page.keyboard.press("Escape");

  await page.keyboard.press("F1");
  await page.keyboard.type("oai-lint: ");
  const fixAll = page.locator(".quick-input-list .monaco-list-row", { hasText: "Unsafe" });
  await fixAll.waitFor();
  await take("palette");
  await fixAll.click();
  await page.locator(".view-line", { hasText: "DefaultHttpxClient(" }).first().waitFor();
  await page.keyboard.press("Control+S");
  await page.locator('.statusbar-item[id^="oai-lint"]', { hasNotText: /\d/ }).waitFor();
  assert.doesNotMatch(readFileSync(path.join(folder, "desk/clients.py"), "utf8"), /proxies=/);
  await goTo("25:1");
  await take("fixed");
} catch (error) {
  await page.screenshot({ path: path.join(scratch, "failed.png") });
  console.error(`see ${scratch}/failed.png`);
  throw error;
} finally {
  await close();
}
rmSync(scratch, { recursive: true });

function row(name) {
  return page.locator(".explorer-folders-view .monaco-list-row", { hasText: name }).first();
}

async function goTo(place) {
  await page.keyboard.press("Control+G");
  await page.keyboard.type(place);
  await page.keyboard.press("Enter");
}

/** Writes a picture once nothing moves any more. */
async function take(name) {
  await page.waitForTimeout(700);
  await page.screenshot({ path: path.join(pictures, `vscode-${name}.png`) });
}
