/** The status bar: how the server is, and how many findings the file at hand has. */

import {
  type Disposable,
  languages,
  MarkdownString,
  StatusBarAlignment,
  ThemeColor,
  type Uri,
  window,
} from "vscode";

export type ServerState = "starting" | "running" | "stopped" | "disabled" | "failed" | "missing";

export const SOURCE = "oai-lint";

const LOOKS: Record<Exclude<ServerState, "running">, { icon: string; says: string }> = {
  starting: { icon: "sync~spin", says: "The server is starting." },
  stopped: { icon: "circle-slash", says: "The server is stopped." },
  disabled: { icon: "circle-slash", says: "Switched off by the setting `oai-lint.enable`." },
  failed: { icon: "error", says: "The server does not run: see the output." },
  missing: { icon: "warning", says: "There is no server to run: click to set one up." },
};

export class Status implements Disposable {
  readonly #item = window.createStatusBarItem("oai-lint", StatusBarAlignment.Right, 100);
  readonly #listeners: Disposable[];
  #state: ServerState = "stopped";
  #server = "";

  constructor() {
    this.#item.name = "oai-lint";
    const refresh = () => {
      this.#refresh();
    };
    this.#listeners = [
      languages.onDidChangeDiagnostics(refresh),
      window.onDidChangeActiveTextEditor(refresh),
      window.onDidChangeActiveNotebookEditor(refresh),
    ];
    refresh();
    this.#item.show();
  }

  get state(): ServerState {
    return this.#state;
  }

  /** What the item reads, icon included. */
  get text(): string {
    return this.#item.text;
  }

  /** Which server it is, in Markdown. */
  get server(): string {
    return this.#server;
  }

  /** Shows another state of the server. */
  show(state: ServerState): void {
    this.#state = state;
    this.#refresh();
  }

  /** Says in the tooltip which server it is, in Markdown. */
  describe(server: string): void {
    this.#server = server;
    this.#refresh();
  }

  dispose(): void {
    for (const disposable of [...this.#listeners, this.#item]) {
      disposable.dispose();
    }
  }

  #refresh(): void {
    const tooltip = new MarkdownString("", true);
    tooltip.isTrusted = {
      enabledCommands: [
        "oai-lint.restart",
        "oai-lint.showOutput",
        "oai-lint.showSettings",
        "workbench.actions.view.problems",
      ],
    };
    if (this.#state === "running") {
      const count = findingsIn(urisAtHand());
      const all = findingsIn(languages.getDiagnostics().map(([uri]) => uri));
      this.#item.text = count > 0 ? `$(warning) oai-lint ${count}` : "$(check) oai-lint";
      tooltip.appendMarkdown(`${findings(count)} in this file, ${all} in all.\n\n`);
      tooltip.appendMarkdown(`${this.#server}\n\n`);
      tooltip.appendMarkdown("[Problems](command:workbench.actions.view.problems) · ");
      tooltip.appendMarkdown("[Settings in force](command:oai-lint.showSettings) · ");
    } else {
      const { icon, says } = LOOKS[this.#state];
      this.#item.text = `$(${icon}) oai-lint`;
      tooltip.appendMarkdown(`${says}\n\n`);
    }
    tooltip.appendMarkdown("[Output](command:oai-lint.showOutput) · ");
    tooltip.appendMarkdown("[Restart](command:oai-lint.restart)");
    this.#item.tooltip = tooltip;
    this.#item.command = {
      running: "workbench.actions.view.problems",
      missing: "oai-lint.setUp",
      starting: "oai-lint.showOutput",
      failed: "oai-lint.showOutput",
      stopped: "oai-lint.restart",
      disabled: "oai-lint.showOutput",
    }[this.#state];
    const colors: Partial<Record<ServerState, string>> = {
      failed: "statusBarItem.errorBackground",
      missing: "statusBarItem.warningBackground",
    };
    const color = colors[this.#state];
    this.#item.backgroundColor = color === undefined ? undefined : new ThemeColor(color);
  }
}

/** The document of the editor in front, or all cells of its notebook. */
function urisAtHand(): Uri[] {
  const notebook = window.activeNotebookEditor?.notebook;
  if (notebook !== undefined) {
    return notebook.getCells().map((cell) => cell.document.uri);
  }
  const editor = window.activeTextEditor;
  return editor === undefined ? [] : [editor.document.uri];
}

function findingsIn(uris: Uri[]): number {
  return uris
    .flatMap((uri) => languages.getDiagnostics(uri))
    .filter((diagnostic) => diagnostic.source === SOURCE).length;
}

function findings(count: number): string {
  return count === 1 ? "1 finding" : `${count} findings`;
}
