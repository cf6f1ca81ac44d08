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

const PROBLEMS = "workbench.actions.view.problems";
const RESTART = "oai-lint.restart";
const SET_UP = "oai-lint.setUp";
const SHOW_OUTPUT = "oai-lint.showOutput";
const SHOW_SETTINGS = "oai-lint.showSettings";

interface Look {
  icon: string;
  /** For the tooltip. */
  says: string;
  /** What a click does. */
  command: string;
  /** The name of a colour of the theme. */
  background?: string;
}

const LOOKS: Record<Exclude<ServerState, "running">, Look> = {
  starting: { icon: "sync~spin", says: "The server is starting.", command: SHOW_OUTPUT },
  stopped: { icon: "circle-slash", says: "The server is stopped.", command: RESTART },
  disabled: {
    icon: "circle-slash",
    says: "Switched off by the setting `oai-lint.enable`.",
    command: SHOW_OUTPUT,
  },
  failed: {
    icon: "error",
    says: "The server does not run: see the output.",
    command: SHOW_OUTPUT,
    background: "statusBarItem.errorBackground",
  },
  missing: {
    icon: "warning",
    says: "There is no server to run: click to set one up.",
    command: SET_UP,
    background: "statusBarItem.warningBackground",
  },
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
    const count = findingsIn(urisAtHand());
    const { icon, says, command, background } =
      this.#state === "running" ? this.#running(count) : LOOKS[this.#state];
    this.#item.text = `$(${icon}) oai-lint`;
    const tooltip = new MarkdownString(`${says}\n\n`, true);
    tooltip.isTrusted = { enabledCommands: [PROBLEMS, RESTART, SHOW_OUTPUT, SHOW_SETTINGS] };
    if (this.#state === "running") {
      this.#item.text += count > 0 ? ` ${count}` : "";
      tooltip.appendMarkdown(`[Problems](command:${PROBLEMS}) · `);
      tooltip.appendMarkdown(`[Settings in force](command:${SHOW_SETTINGS}) · `);
    }
    tooltip.appendMarkdown(`[Output](command:${SHOW_OUTPUT}) · [Restart](command:${RESTART})`);
    this.#item.tooltip = tooltip;
    this.#item.command = command;
    this.#item.backgroundColor = background === undefined ? undefined : new ThemeColor(background);
  }

  #running(count: number): Look {
    const all = findingsIn(languages.getDiagnostics().map(([uri]) => uri));
    const findings = count === 1 ? "1 finding" : `${count} findings`;
    return {
      icon: count > 0 ? "warning" : "check",
      says: `${findings} in this file, ${all} in all.\n\n${this.#server}`,
      command: PROBLEMS,
    };
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
