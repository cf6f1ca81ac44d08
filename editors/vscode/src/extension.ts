/** Starts a language server for Python files and shows what it finds. */

import { commands, type ExtensionContext, window, workspace } from "vscode";
import { register } from "./commands";
import { onDidChoose } from "./interpreters";
import { Pages } from "./pages";
import { Server } from "./server";
import * as settings from "./settings";
import { Status } from "./status";
import { traceChannel } from "./trace";

/** What other extensions, and the tests, may ask. */
export interface Api {
  /** How the server is. */
  state(): string;
  /** What the item in the status bar reads. */
  statusText(): string;
  /** Which server it is, in Markdown. */
  server(): string;
  /** The process of the server that runs. */
  process(): number | undefined;
}

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<Api> {
  const output = window.createOutputChannel("oai-lint", { log: true });
  const trace = traceChannel(() => settings.read().trace);
  const status = new Status();
  const pages = new Pages();
  const started = new Server(context, status, output, trace);
  server = started;
  context.subscriptions.push(
    output,
    trace,
    status,
    pages,
    ...register(() => started.client, pages),
    commands.registerCommand("oai-lint.restart", () => started.restart()),
    commands.registerCommand("oai-lint.setUp", () => started.setUp()),
    commands.registerCommand("oai-lint.showOutput", () => {
      output.show();
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (settings.DECISIVE.some((name) => event.affectsConfiguration(name))) {
        void started.restart();
      }
      if (event.affectsConfiguration("oai-lint.trace")) {
        trace.refresh();
      }
    }),
    workspace.onDidGrantWorkspaceTrust(() => started.restart()),
  );
  await started.restart();
  const choosing = await onDidChoose(() => void started.reconsider());
  if (choosing !== undefined) {
    context.subscriptions.push(choosing);
  }
  return {
    state: () => status.state,
    statusText: () => status.text,
    server: () => status.server,
    process: () => started.process,
  };
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
