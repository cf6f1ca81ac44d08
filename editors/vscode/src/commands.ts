/** What the command palette offers: requests to the server about the file at hand. */

import { commands, type Disposable, languages, window } from "vscode";
import { ExecuteCommandRequest, type LanguageClient } from "vscode-languageclient/node";
import { documentAtHand } from "./documents";
import type { Pages } from "./pages";
import { SOURCE } from "./status";

const SDKS = [
  { label: "1", description: "from openai 0.x: clients instead of the module's classes" },
  { label: "2", description: "the same, for openai 2.x" },
  { label: "3", description: "the same, for openai 3.x, which is built on httpx2" },
];

interface Rule {
  code: string;
  name: string;
  summary: string;
}

/** Registers the commands that need a server; `running` returns the client of the one that runs. */
export function register(running: () => LanguageClient | undefined, pages: Pages): Disposable[] {
  const ask = <T>(command: string, argument: object) => request<T>(running(), command, argument);
  const show = async (title: string, command: string, argument: object) => {
    const page = await ask<{ markdown: string }>(command, argument);
    if (page !== undefined) {
      await pages.show(title, page.markdown);
    }
  };
  const change = async (command: string, argument: object) => {
    const document = documentAtHand();
    if (document === undefined) {
      void window.showInformationMessage("oai-lint: no Python file is in front.");
      return undefined;
    }
    return ask(command, { uri: document.uri.toString(), ...argument });
  };

  const handlers: Record<string, (argument?: unknown) => Promise<unknown>> = {
    "oai-lint.fixAll": () => change("oai-lint.applyFixes", { unsafe: false }),
    "oai-lint.fixAllUnsafe": () => change("oai-lint.applyFixes", { unsafe: true }),
    "oai-lint.migrateFile": async (given) => {
      const to = typeof given === "string" ? given : await chooseSdk();
      return to === undefined ? undefined : change("oai-lint.applyMigration", { to });
    },
    "oai-lint.showRule": async (given) => {
      const code =
        typeof given === "string" ? given : await chooseRule(await ask("oai-lint.listRules", {}));
      return code === undefined ? undefined : show(code, "oai-lint.describeRule", { code });
    },
    "oai-lint.showSettings": () =>
      show("oai-lint settings in force", "oai-lint.describeSettings", {
        uri: documentAtHand()?.uri.toString(),
      }),
  };
  return Object.entries(handlers).map(([name, handler]) => commands.registerCommand(name, handler));
}

/** Sends a command; what goes wrong is told to the user, and the answer then is undefined. */
async function request<T>(
  client: LanguageClient | undefined,
  command: string,
  argument: object,
): Promise<T | undefined> {
  const known = client?.initializeResult?.capabilities.executeCommandProvider?.commands;
  if (client === undefined || known === undefined) {
    void window.showWarningMessage("oai-lint: the server does not run.");
    return undefined;
  }
  if (!known.includes(command)) {
    void window.showWarningMessage(
      "oai-lint: the server that runs is too old for this; please update the oai-lint of the project's environment.",
    );
    return undefined;
  }
  try {
    const params = { command, arguments: [argument] };
    return (await client.sendRequest(ExecuteCommandRequest.type, params)) as T;
  } catch (error) {
    void window.showErrorMessage(`oai-lint: ${error instanceof Error ? error.message : "failed"}`);
    return undefined;
  }
}

async function chooseSdk(): Promise<string | undefined> {
  const title = "Migrate to which major version of the SDK?";
  return (await window.showQuickPick(SDKS, { title }))?.label;
}

/** Lets the user choose a rule, those of findings at the cursor first. */
async function chooseRule(rules: Rule[] | undefined): Promise<string | undefined> {
  const editor = window.activeTextEditor;
  const here = (editor === undefined ? [] : languages.getDiagnostics(editor.document.uri))
    .filter(({ source, range }) => source === SOURCE && editor?.selection.intersection(range))
    .map(({ code }) => (typeof code === "object" ? code.value : code));
  const items = rules?.map(({ code, name, summary }) => ({
    label: code,
    description: name,
    detail: summary,
  }));
  items?.sort(
    (one, other) => Number(here.includes(other.label)) - Number(here.includes(one.label)),
  );
  const options = { title: "Show which rule?", matchOnDescription: true, matchOnDetail: true };
  return items && (await window.showQuickPick(items, options))?.label;
}
