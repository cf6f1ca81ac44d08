// Runs inside VS Code's extension host, against the extension as it was packaged.
const assert = require("node:assert/strict");
const vscode = require("vscode");

const { OAI_LINT_PYTHON: PYTHON, OAI_LINT_BARE_PYTHON: BARE } = process.env;
const PATIENCE = 120_000;

const folder = vscode.workspace.workspaceFolders[0].uri;
const run = (command, ...rest) => vscode.commands.executeCommand(command, ...rest);
const ok = (what) => console.log(`ok ${what}`);
const at = (name) => vscode.Uri.joinPath(folder, name);

async function until(what, ready) {
  for (const end = Date.now() + PATIENCE; ; await new Promise((go) => setTimeout(go, 50))) {
    const answer = await ready();
    if (answer) {
      return answer;
    }
    if (Date.now() > end) {
      throw new Error(`waited in vain: ${what}`);
    }
  }
}

function findings(uri) {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "oai-lint");
}

function codes(uri) {
  return findings(uri).map(({ code }) => code.value);
}

async function found(uri, count) {
  await until(`${count} findings in ${uri.path}, not ${codes(uri)}`, () => findings(uri).length === count);
}

async function show(name) {
  const document = await vscode.workspace.openTextDocument(at(name));
  await vscode.window.showTextDocument(document);
  return document;
}

async function rewrite(document, text) {
  const edit = new vscode.WorkspaceEdit();
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  edit.replace(document.uri, all, text);
  assert(await vscode.workspace.applyEdit(edit));
}

async function set(section, value) {
  const target = vscode.ConfigurationTarget.Workspace;
  await vscode.workspace.getConfiguration().update(section, value, target);
}

async function actions(uri, range, kind) {
  return run("vscode.executeCodeActionProvider", uri, range, kind);
}

async function onDisk(uri) {
  return Buffer.from(await vscode.workspace.fs.readFile(uri)).toString();
}

function isShown(title) {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.some(({ label }) => label.includes(title));
}

async function pageOf(title) {
  await until(`a tab “${title}”`, () => isShown(title));
  const uri = vscode.Uri.from({ scheme: "oai-lint", path: `/${title}.md` });
  return (await vscode.workspace.openTextDocument(uri)).getText();
}

exports.run = async () => {
  try {
    await suite();
  } catch (error) {
    console.log(`FAIL ${error.stack}`);
    throw error;
  }
};

async function suite() {
  const extension = vscode.extensions.getExtension("oai-lint.oai-lint");
  assert(extension, "the extension is installed");
  assert(!extension.isActive, "nothing is started before there is something to check");

  const bot = await show("bot.py");
  const original = bot.getText();
  await until("the extension is active", () => extension.isActive);
  const api = extension.exports;
  await until("the server runs", () => api.state() === "running");
  assert.match(api.server(), /the workspace's \.venv/);
  ok(`VS Code ${vscode.version} starts the server of the workspace's environment`);

  await found(bot.uri, 3);
  for (const { range } of findings(bot.uri)) {
    assert.equal(bot.getText(range), "KEY");
  }
  assert.match(findings(bot.uri)[0].code.target.toString(), /OAI111-positional-api-key/);
  await until("the count", () => api.statusText() === "$(warning) oai-lint 3");
  ok("findings stand where they belong after an emoji, and are counted");

  const [hover] = await run("vscode.executeHoverProvider", bot.uri, findings(bot.uri)[1].range.start);
  assert.match(hover.contents[0].value, /positional-api-key/);
  ok("hover shows the rule's page");

  const offered = await actions(bot.uri, findings(bot.uri)[1].range, "quickfix");
  const fix = offered.find(({ isPreferred }) => isPreferred);
  assert(await vscode.workspace.applyEdit(fix.edit));
  assert.equal(bot.lineAt(5).text, 'other = "\u{1f600}", AsyncOpenAI(api_key=KEY)');
  await found(bot.uri, 2);
  ok("a quick fix mends one");

  await run("undo");
  await found(bot.uri, 3);
  assert.equal(bot.getText(), original);
  ok("undo brings it back");

  await set("editor.codeActionsOnSave", { "source.fixAll.oai-lint": "explicit" });
  await rewrite(bot, `${original}\n`);
  assert(await bot.save());
  const fixed = original.replaceAll("OpenAI(KEY)", "OpenAI(api_key=KEY)");
  await until("the fixed file", async () => (await onDisk(bot.uri)) === `${fixed}\n`);
  await found(bot.uri, 0);
  await until("no count", () => api.statusText() === "$(check) oai-lint");
  await set("editor.codeActionsOnSave", undefined);
  ok("saving fixes all that is safe");

  await rewrite(bot, original);
  await found(bot.uri, 3);
  await run("oai-lint.fixAll");
  assert.equal(bot.getText(), fixed);
  await found(bot.uri, 0);
  ok("the palette's Fix All does as much");

  await rewrite(bot, "from openai import OpenAI\n\nclient = OpenAI(timeout=None)\n");
  await found(bot.uri, 1);
  await set("oai-lint.ignore", ["disabled-timeout"]);
  await found(bot.uri, 0);
  await set("oai-lint.ignore", undefined);
  await found(bot.uri, 1);
  await set("oai-lint.severity", { OAI403: "info" });
  await until("information", () => findings(bot.uri)[0]?.severity === vscode.DiagnosticSeverity.Information);
  await set("oai-lint.severity", undefined);
  ok("settings of the editor are followed at once");

  await run("oai-lint.fixAll");
  assert.deepEqual(codes(bot.uri), ["OAI403"]);
  await run("oai-lint.fixAllUnsafe");
  await found(bot.uri, 0);
  ok("unsafe fixes wait for the command that says so");

  await rewrite(bot, original);
  await found(bot.uri, 3);
  await set("oai-lint.run", "onSave");
  await rewrite(bot, fixed);
  await new Promise((go) => setTimeout(go, 2000));
  assert.equal(findings(bot.uri).length, 3);
  assert(await bot.save());
  await found(bot.uri, 0);
  await set("oai-lint.run", undefined);
  ok("checks wait for a save where the settings say so");

  const old = await show("old.py");
  await until("findings about 0.x", () => codes(old.uri).includes("OAI801"));
  await run("oai-lint.migrateFile", "3");
  assert.match(old.getText(), /openai\.chat\.completions\.create\(/);
  assert.match(old.getText(), /answer\.choices\[0\]\.message\.content/);
  await until("the findings about 0.x are gone", () => !codes(old.uri).includes("OAI801"));
  ok("a file is migrated");

  const env = await show(".env");
  assert.equal(env.languageId, "dotenv");
  await until("a finding in .env", () => codes(env.uri).includes("OAI108"));
  ok(".env files are checked");

  const notebook = await vscode.workspace.openNotebookDocument(at("keys.ipynb"));
  await vscode.window.showNotebookDocument(notebook);
  const cell = notebook.cellAt(2).document;
  await found(cell.uri, 1);
  assert.equal(cell.getText(findings(cell.uri)[0].range), "KEY");
  await until("the notebook's count", () => api.statusText() === "$(warning) oai-lint 1");
  await run("oai-lint.fixAll");
  assert.equal(cell.getText(), '"\u{1f600}"; OpenAI(api_key=KEY)');
  await found(cell.uri, 0);
  ok("a notebook is one module, with findings in its cells");

  const untitled = await vscode.workspace.openTextDocument({ language: "python", content: original });
  await vscode.window.showTextDocument(untitled);
  await found(untitled.uri, 3);
  ok("so are buffers that were never saved");
  await run("workbench.action.revertAndCloseActiveEditor");

  await show("bot.py");
  await set("oai-lint.codeLens", true);
  await until("a lens", async () => (await run("vscode.executeCodeLensProvider", bot.uri)).length > 0);
  await set("oai-lint.codeLens", undefined);
  await until("no lens", async () => (await run("vscode.executeCodeLensProvider", bot.uri)).length === 0);
  ok("lenses are shown where they are wanted");

  await run("oai-lint.showRule", "disabled-timeout");
  assert.match(await pageOf("disabled-timeout"), /OAI403/);
  await show("bot.py");
  await rewrite(bot, original);
  await found(bot.uri, 3);
  const { start } = findings(bot.uri)[0].range;
  vscode.window.activeTextEditor.selection = new vscode.Selection(start, start);
  run("oai-lint.showRule");
  await until("the rule of the finding at the cursor, first in the list", async () => {
    await run("workbench.action.acceptSelectedQuickOpenItem");
    return isShown("OAI111");
  });
  assert.match(await pageOf("OAI111"), /positional-api-key/);
  await show("bot.py");
  await run("oai-lint.showSettings");
  assert.match(await pageOf("oai-lint settings in force"), /\S/);
  ok("pages of rules and settings are shown");

  await show("bot.py");
  await rewrite(bot, original);
  const before = await until("a process", () => api.process());
  await run("oai-lint.restart");
  assert.equal(api.state(), "running");
  assert.notEqual(api.process(), before);
  await found(bot.uri, 3);
  ok("restarting starts another process, which finds the same");

  process.kill(api.process());
  await until("another process", () => api.state() === "running" && api.process() !== before);
  await rewrite(bot, fixed);
  await found(bot.uri, 0);
  await rewrite(bot, original);
  await found(bot.uri, 3);
  ok("a server that dies is replaced");

  await set("oai-lint.enable", false);
  await until("nothing runs", () => api.state() === "disabled");
  await found(bot.uri, 0);
  await set("oai-lint.enable", undefined);
  await until("the server runs", () => api.state() === "running");
  await found(bot.uri, 3);
  ok("it can be switched off and on");

  await set("oai-lint.interpreter", [PYTHON]);
  await until("the interpreter that is set", () => /oai-lint\.interpreter/.test(api.server()));
  await set("oai-lint.importStrategy", "useBundled");
  await until("the bundled server", () => /this extension/.test(api.server()));
  await rewrite(bot, fixed);
  await found(bot.uri, 0);
  await rewrite(bot, original);
  await found(bot.uri, 3);
  ok("the bundled server runs in an interpreter that has libcst");

  await set("oai-lint.interpreter", [BARE]);
  await until("no server", () => api.state() === "missing");
  assert.equal(api.statusText(), "$(warning) oai-lint");
  await found(bot.uri, 0);
  ok("where none has libcst, the status says so");

  await run("oai-lint.setUp");
  await until("the bundled server", () => api.state() === "running");
  assert.match(api.server(), /this extension/);
  await found(bot.uri, 3);
  ok("setting up makes an environment in which the bundled server runs");

  await set("oai-lint.importStrategy", undefined);
  await set("oai-lint.interpreter", undefined);
  await until("the workspace's", () => /the workspace's \.venv/.test(api.server()));
  await set("oai-lint.path", [at("none").fsPath, "${workspaceFolder}/.venv/bin/oai-lint"]);
  await until("the executable that is set", () => /oai-lint\.path/.test(api.server()));
  await set("oai-lint.path", undefined);
  await until("the workspace's", () => /the workspace's \.venv/.test(api.server()));
  ok("the executable that is set goes first");

  vscode.extensions.getExtension("ms-python.python").exports.choose(PYTHON);
  await until("the chosen interpreter", () => /the Python extension/.test(api.server()));
  await found(bot.uri, 3);
  ok("the interpreter chosen in the Python extension goes before");
}
