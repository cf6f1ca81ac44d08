/** The settings that this extension reads itself; all others it passes on to the server. */

import { homedir } from "node:os";
import { workspace, type WorkspaceFolder } from "vscode";

export const SECTION = "oai-lint";

/** Settings that decide which server runs: when one of them changes, another is started. */
export const DECISIVE = ["enable", "path", "interpreter", "importStrategy"].map(
  (name) => `${SECTION}.${name}`,
);

export interface Settings {
  enable: boolean;
  run: "onType" | "onSave";
  importStrategy: "fromEnvironment" | "useBundled";
  /** Interpreters to look in, in this order; none means those of the workspace. */
  interpreter: string[];
  /** Places of the executable, in this order. */
  path: string[];
  trace: "off" | "messages" | "verbose";
}

/** The folder whose environment the server is taken from: there is one server a window. */
export function folder(): WorkspaceFolder | undefined {
  return workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file");
}

/** Reads the settings. */
export function read(): Settings {
  const section = workspace.getConfiguration(SECTION, folder()?.uri);
  const paths = (name: string) =>
    section
      .get<string[]>(name, [])
      .map(substituted)
      .filter((path) => path !== "");
  return {
    enable: section.get("enable", true),
    run: section.get("run", "onType"),
    importStrategy: section.get("importStrategy", "fromEnvironment"),
    interpreter: paths("interpreter"),
    path: paths("path"),
    trace: section.get("trace.server", "off"),
  };
}

/** Returns what the server is told of the settings when it starts. */
export function forServer(): unknown {
  return resolved(workspace.getConfiguration(SECTION));
}

/** Makes settings as VS Code has them such as the server reads: without variables in paths. */
export function resolved(section: unknown): unknown {
  if (typeof section !== "object" || section === null) {
    return section;
  }
  // The copy leaves out the methods of VS Code's object.
  const plain = JSON.parse(JSON.stringify(section)) as Record<string, unknown>;
  const { config } = plain;
  return typeof config === "string" ? { ...plain, config: substituted(config) } : plain;
}

/** Replaces the variables that VS Code knows in its own settings and leaves to us in ours. */
function substituted(text: string): string {
  return text.replace(
    /\$\{(?:(workspaceFolder|userHome)|env:([^}]+))\}/g,
    (whole: string, name: string | undefined, variable: string | undefined) => {
      if (variable !== undefined) {
        return process.env[variable] ?? "";
      }
      return name === "userHome" ? homedir() : (folder()?.uri.fsPath ?? whole);
    },
  );
}
