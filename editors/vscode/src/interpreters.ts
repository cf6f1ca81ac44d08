/** The interpreters of the workspace: the one chosen in the Python extension, `.venv`, `venv`. */

import * as path from "node:path";
import { PVSC_EXTENSION_ID, PythonExtension } from "@vscode/python-extension";
import { type Disposable, extensions, type WorkspaceFolder } from "vscode";
import { isExecutable, pythonOf, type Wanted } from "./discovery";

const ENVIRONMENTS = [".venv", "venv"];

/** Returns the interpreters to look for oai-lint in, those that are chosen before those found. */
export async function ofWorkspace(
  folder: WorkspaceFolder | undefined,
): Promise<Wanted["interpreters"]> {
  const found: Wanted["interpreters"] = [];
  const chosen = await chosenFor(folder);
  if (chosen !== undefined) {
    found.push({ executable: chosen, origin: "the Python extension's interpreter" });
  }
  for (const name of folder === undefined ? [] : ENVIRONMENTS) {
    const executable = pythonOf(path.join(folder?.uri.fsPath ?? "", name));
    if (executable !== chosen && (await isExecutable(executable))) {
      found.push({ executable, origin: `the workspace's ${name}` });
    }
  }
  return found;
}

/** Calls back when another interpreter is chosen in the Python extension, if that is there. */
export async function onDidChoose(callback: () => void): Promise<Disposable | undefined> {
  return (await pythonExtension())?.environments.onDidChangeActiveEnvironmentPath(callback);
}

async function chosenFor(folder: WorkspaceFolder | undefined): Promise<string | undefined> {
  const environments = (await pythonExtension())?.environments;
  const chosen = environments?.getActiveEnvironmentPath(folder?.uri);
  const resolved = chosen && (await environments?.resolveEnvironment(chosen));
  return resolved ? resolved.executable.uri?.fsPath : undefined;
}

async function pythonExtension(): Promise<PythonExtension | undefined> {
  if (extensions.getExtension(PVSC_EXTENSION_ID) === undefined) {
    return undefined;
  }
  // One that is there but does not start must not keep us from starting.
  return PythonExtension.api().catch(() => undefined);
}
